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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    private final Set<String> hashes = new HashSet<>();

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

    private String fingerprint(TextCleaning cleaning) throws IOException {
        try (PretrainedEncoder opened = PretrainedEncoder.open(folder, folder, cleaning, EXACT)) {
            hashes.add(opened.encoder().hash());
            assertThat(opened.encoder().identity())
                    .isEqualTo(new Identity(
                            opened.encoder().hash(), opened.encoder().fingerprint()));
            return opened.encoder().fingerprint();
        }
    }

    /** The weights stay the same, and their hash, which older recipes remember. */
    @Test
    void whatElseMakesVectorsIsInTheFingerprint() throws IOException {
        String others = "'hf_tokenizer_name': 'somebody/words', ";
        Path config = config(others);
        String before = fingerprint(TextCleaning.OPENAI), plain = Files.readString(config);
        assertThat(fingerprint(TextCleaning.TRANSFORMERS)).isEqualTo(before); // a tokenizer.json says it itself
        Set<String> all = new HashSet<>(Set.of(before));
        for (String[] change : new String[][] {
            {"\"model_cfg\": {", "\"model_cfg\": {\"quick_gelu\": true,"},
            {"\"head_width\": 16", "\"head_width\": 8"},
            {"\"heads\": 4", "\"heads\": 2"},
            {"\"preprocess_cfg\": {", "\"preprocess_cfg\": {\"resize_mode\": \"squash\","},
            {"[0.48145466", "[0.5"},
            {"\"text_cfg\": {", "\"text_cfg\": {\"no_causal_mask\": true,"},
            {"\"text_cfg\": {", "\"text_cfg\": {\"tokenizer_kwargs\": {\"clean\": \"lower\"},"}
        }) assertThat(all.add(changed(config, plain, change))).as(change[1]).isTrue();
        Files.writeString(config, plain);
        Files.writeString(folder.resolve("tokenizer.json"), WORDS.replace("\"A\": 1", "\"B\": 1"));
        assertThat(all.add(fingerprint(TextCleaning.OPENAI))).isTrue();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"SiglipTokenizer\"}");
        assertThat(all.add(fingerprint(TextCleaning.OPENAI))).isTrue();
        assertThat(hashes).hasSize(1);
    }

    private String changed(Path config, String plain, String[] change) throws IOException {
        Files.writeString(config, plain.replace(change[0], change[1]));
        return fingerprint(TextCleaning.OPENAI);
    }

    private void refused(String inText, String why) throws IOException {
        Path config = config(inText);
        assertThatIOException()
                .isThrownBy(() -> PretrainedEncoder.open(folder, folder, TextCleaning.OPENAI, EXACT))
                .withMessage(config + ": " + why);
    }
}
