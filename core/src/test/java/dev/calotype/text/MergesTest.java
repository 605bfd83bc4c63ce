package dev.calotype.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergesTest {
    private static final List<String> TEXTS = List.of(
            "low low low low low", "lower lower", "newest newest newest newest newest newest", "Widest widest wiDest");

    @Test
    void theMostFrequentPairIsJoinedFirst() {
        // the example of Sennrich et al. 2016; of pairs as frequent as others the first in order of characters
        assertThat(Merges.learned(TEXTS, TextCleaning.OPENAI, 4).pairs())
                .containsExactly("e s", "es t</w>", "l o", "e w");
    }

    @Test
    void theOrderOfTheTextsDoesNotMatter() {
        List<String> other = new ArrayList<>(TEXTS);
        Collections.reverse(other);
        assertThat(Merges.learned(other, TextCleaning.OPENAI, 100))
                .isEqualTo(Merges.learned(TEXTS, TextCleaning.OPENAI, 100));
    }

    @Test
    void everyWordThatOccursTwiceBecomesOneToken() {
        Merges merges = Merges.learned(TEXTS, TextCleaning.OPENAI, 1000);
        Tokenizer tokenizer = new ClipTokenizer("learned", merges, TextCleaning.OPENAI, ClipTokenizer.Padding.ZERO);
        assertThat(tokenizer.ids("low LOWER newest widest")).hasSize(6);
        assertThat(tokenizer.vocabulary()).isEqualTo(merges.vocabulary());
    }

    @Test
    void whatIsUnlikeTheTextsIsStillReadBack() {
        Merges merges = Merges.learned(TEXTS, TextCleaning.OPENAI, 1000);
        Tokenizer tokenizer = new ClipTokenizer("learned", merges, TextCleaning.OPENAI, ClipTokenizer.Padding.ZERO);
        assertThat(tokenizer.text(tokenizer.ids("Zürich 東京 \ud83d\ude00"))).isEqualTo("zürich 東京 \ud83d\ude00");
    }

    @Test
    void noTextTeachesNothing() {
        assertThat(Merges.learned(List.of("", "a b c"), TextCleaning.OPENAI, 10).pairs())
                .isEmpty();
    }

    /** Java says no word about it. */
    @Test
    void aPackedVocabularyThatEndsWithinItsHeaderIsDamaged(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("vocabulary.txt.gz"), new byte[] {0x1f, (byte) 0x8b});
        assertThatIOException()
                .isThrownBy(() -> Tokenizers.open(file, TextCleaning.OPENAI))
                .withMessage(file + " is damaged: it ends early");
    }

    @Test
    void aMergeIsAPair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Merges(List.of("ab")))
                .withMessage("a merge is two symbols with a space between: 'ab'");
    }
}
