package dev.calotype.kind.clip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.tensor.Rng;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SentencesTest {
    private static final String CAPTION = "A room. The lamp is on! Is there a bed? There is no rug.";

    private static Batch batch() {
        try (Batches batches =
                new Batches(Rooms.train(32), new Preparation(32, 3, Preparation.Flip.NONE), Batches.Plan.of(6, 1))) {
            return batches.next();
        }
    }

    @Test
    void someAreWholeSentencesWithoutRepetition() {
        List<String> all = List.of("A room.", "The lamp is on!", "Is there a bed?", "There is no rug.");
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String told = Sentences.some(CAPTION, 0.5, Rng.of(i));
            List<String> parts = Arrays.asList(told.split("(?<=[.!?]) "));
            assertThat(parts).hasSize(2).doesNotHaveDuplicates().isSubsetOf(all);
            first.add(parts.get(0));
        }
        assertThat(first).hasSize(4);
    }

    @Test
    void atLeastOneIsReadAndAtMostAll() {
        assertThat(Sentences.some("A bed", 0, Rng.of(1))).isEqualTo("A bed");
        assertThat(Sentences.some(CAPTION, 0, Rng.of(1))).hasSizeLessThan(20).isNotBlank();
        assertThat(Sentences.some(CAPTION, 1, Rng.of(1))).hasSize(CAPTION.length());
    }

    @Test
    void wordsStayInTheirOrderAndOneIsLeftAtLeast() {
        String told = Sentences.words("a b c d e f g h i j k l", 0.5, Rng.of(1));
        assertThat(told).matches("(\\w )*\\w").hasSizeBetween(5, 17);
        assertThat(told.split(" ")).isSorted().doesNotHaveDuplicates();
        assertThat(Sentences.words(CAPTION, 1, Rng.of(1))).isEqualTo(CAPTION);
        assertThat(Sentences.words("a b c", 0, Rng.of(1))).hasSize(1);
    }

    @Test
    void ofAWholeBatchAboutTheSameShareOfWordsIsReadAndAnotherOneAtTheNextStep() {
        Batch batch = batch();
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            int words = 0;
            for (String caption : Sentences.WORDS.of(batch, Rng.of(i)).captions()) words += caption.split(" ").length;
            lengths.add(words / batch.count());
        }
        assertThat(lengths).hasSizeGreaterThan(6).allMatch(words -> words >= 1);
        assertThat(Sentences.WORDS.of(batch, Rng.of(1)).captions())
                .isEqualTo(Sentences.WORDS.of(batch, Rng.of(1)).captions());
    }

    @Test
    void aStepReadsTheSameOfItsBatchAndAnotherOneSomethingElse() {
        Batch batch = batch();
        List<String> one = Sentences.SOME.of(batch, Rng.of(1)).captions();
        assertThat(Sentences.SOME.of(batch, Rng.of(1)).captions()).isEqualTo(one);
        assertThat(Sentences.SOME.of(batch, Rng.of(2)).captions()).isNotEqualTo(one);
        assertThat(Sentences.ALL.of(batch, Rng.of(1))).isSameAs(batch);
    }
}
