package dev.calotype.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClipTokenizerTest {
    /** Our own file of 227 pairs; the ids are those of OpenAI's simple_tokenizer.py (with ftfy 6.3) and of transformers 5.24. */
    private static final Path TINY = resource("tiny-merges.txt");

    static Path resource(String name) {
        try {
            return Path.of(ClipTokenizerTest.class.getResource("/text/" + name).toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String name) throws IOException {
        try (InputStream in = ClipTokenizerTest.class.getResourceAsStream("/text/" + name)) {
            return new ObjectMapper().readTree(in);
        }
    }

    static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    @ParameterizedTest
    @EnumSource
    void theIdsAreThoseOfTheProgramThatCleansSo(TextCleaning cleaning) throws IOException {
        equal("tiny-ids.json", Tokenizers.open(TINY, cleaning), cleaning);
    }

    @ParameterizedTest
    @EnumSource
    void theIdsOfOpenAisVocabularyAreThoseOfTheProgramThatCleansSo(TextCleaning cleaning) throws IOException {
        Path file = Shared.path("data/weights-and-vocab/clip-bpe/bpe_simple_vocab_16e6.txt.gz");
        Tokenizer tokenizer = Tokenizers.open(file, cleaning);
        assertThat(tokenizer.vocabulary()).isEqualTo(49_408);
        equal("clip-ids.json", tokenizer, cleaning);
    }

    private static void equal(String golden, Tokenizer tokenizer, TextCleaning cleaning) throws IOException {
        for (JsonNode one : json(golden))
            assertThat(tokenizer.ids(one.get("text").asText()))
                    .as(one.get("text").toString())
                    .isEqualTo(ids(one.get(cleaning.name().toLowerCase(Locale.ROOT))));
    }

    @Test
    void whatWasCutIntoTokensIsReadBack() throws IOException {
        Tokenizer tokenizer = Tokenizers.open(TINY, TextCleaning.TRANSFORMERS);
        String text = "the café 猫 has 12 beds , é";
        assertThat(tokenizer.text(tokenizer.rows(List.of(text), 77).ids())).isEqualTo("the café 猫 has 1 2 beds , é");
    }

    @Test
    void aLongTextIsCutAndKeepsTheMarkOfItsEnd() throws IOException {
        Tokenizer tokenizer = Tokenizers.open(TINY, TextCleaning.OPENAI);
        Tokens rows = tokenizer.rows(List.of("a bed", "a bed ".repeat(20)), 8);
        assertThat(rows.cut()).isOne();
        assertThat(rows.lengths()).containsExactly(4, 8);
        assertThat(rows.ids()[15]).isEqualTo(tokenizer.end());
        assertThat(rows.ids()).startsWith(tokenizer.vocabulary() - 2).contains(0);
        assertThat(rows.cutInWords()).isEqualTo("1 of 2 texts was cut to the 8 tokens that the text encoder reads");
    }

    @Test
    void anEmptyTextHasNothingButItsMarks() throws IOException {
        for (TextCleaning cleaning : TextCleaning.values()) {
            Tokenizer tokenizer = Tokenizers.open(TINY, cleaning);
            assertThat(tokenizer.ids(" \n")).containsExactly(tokenizer.vocabulary() - 2, tokenizer.end());
            assertThat(tokenizer.rows(List.of(""), 4).cutInWords()).isEmpty();
        }
    }

    @Test
    void aWordOfAMillionLettersIsCutIntoTokensAtOnce() throws IOException {
        Tokenizer tokenizer = Tokenizers.open(TINY, TextCleaning.OPENAI);
        String word = "therug".repeat(170_000);
        assertThat(tokenizer.text(tokenizer.ids(word))).isEqualTo(word);
    }

    @Test
    void aFileThatIsNoVocabularyIsRefusedByName(@TempDir Path folder) throws IOException {
        Path prose = Files.writeString(folder.resolve("prose.txt"), "once upon a time\n");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(prose, TextCleaning.OPENAI))
                .withMessage(prose + " does not begin as a vocabulary does, with a line about its #version");
        Path lines = Files.writeString(folder.resolve("lines.txt"), "#version: 1\na b\nab c d\n");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(lines, TextCleaning.OPENAI))
                .withMessage(lines + " is damaged: a merge is two symbols with a space between: 'ab c d'");
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(folder.resolve("none"), TextCleaning.OPENAI))
                .withMessage("there is no vocabulary " + folder.resolve("none"));
    }

    @Test
    void idsOutsideOfTheVocabularyAreRefused() throws IOException {
        Tokenizer tokenizer = Tokenizers.open(TINY, TextCleaning.OPENAI);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.text(741))
                .withMessage("an id must be in 0..740: 741");
    }
}
