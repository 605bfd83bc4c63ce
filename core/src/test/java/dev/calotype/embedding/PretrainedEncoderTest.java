package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.checkpoint.InScope;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.text.TextCleaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedEncoderTest extends InScope {
    private static final Path THEIRS = Path.of("src/test/resources/clip/open-clip");
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final String WORDS =
            """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "unk_token": "?",
             "vocab": {"?": 0, "A": 1, "Red_Bus!": 2, "a": 3, "red": 4, "bus": 5, "red_bus!": 6, "redbus": 7}}}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(THEIRS.resolve("open_clip_model.safetensors"), folder.resolve("open_clip_model.safetensors"));
        Files.writeString(folder.resolve("tokenizer.json"), WORDS);
    }

    private Path config(String inText) throws IOException {
        String config = Files.readString(THEIRS.resolve("open_clip_config.json"));
        return Files.writeString(
                folder.resolve("open_clip_config.json"),
                config.replace("\"text_cfg\": {", "\"text_cfg\": {" + inText.replace('\'', '"')));
    }

    private int[] ids(String inText) throws IOException {
        config(inText);
        try (PretrainedEncoder opened = PretrainedEncoder.open(folder, folder, TextCleaning.OPENAI, EXACT)) {
            var tokens = opened.encoder().tokens(List.of(" A  Red_Bus! "));
            return Arrays.copyOf(tokens.ids(), tokens.lengths()[0]);
        }
    }

    @Test
    void textsAreCleanedAsTheConfigOfOpenClipSays() throws IOException {
        String others = "'hf_tokenizer_name': 'somebody/words', ";
        assertThat(ids(others + "'tokenizer_kwargs': {'clean': 'canonicalize'},"))
                .containsExactly(3, 4, 5);
        assertThat(ids(others + "'tokenizer_kwargs': {'clean': 'lower', 'strip_sep_token': false},"))
                .containsExactly(3, 6);
        assertThat(ids(others)).containsExactly(1, 2);
    }

    @Test
    void whatTheTokenizerOfOpenClipIsToldAndIsNotDoneHereIsRefused() throws IOException {
        refused(
                "'hf_tokenizer_name': 'a/b', 'tokenizer_kwargs': {'strip_sep_token': true},",
                "strip_sep_token of tokenizer_kwargs is not supported: true");
        refused(
                "'hf_tokenizer_name': 'a/b', 'tokenizer_kwargs': {'clean': 'upper'},",
                "clean of tokenizer_kwargs must be one of whitespace, lower, canonicalize: 'upper'");
        refused(
                "'hf_tokenizer_name': 'a/b', 'tokenizer_kwargs': {'tokenizer_mode': 'clips'},",
                "tokenizer_mode of tokenizer_kwargs is not supported: \"clips\"");
        refused(
                "'tokenizer_kwargs': {'clean': 'canonicalize'},",
                "clean of tokenizer_kwargs must be lower where there is no hf_tokenizer_name: 'canonicalize'");
    }

    private void refused(String inText, String why) throws IOException {
        Path config = config(inText);
        assertThatIOException()
                .isThrownBy(() -> PretrainedEncoder.open(folder, folder, TextCleaning.OPENAI, EXACT))
                .withMessage(config + ": " + why);
    }
}
