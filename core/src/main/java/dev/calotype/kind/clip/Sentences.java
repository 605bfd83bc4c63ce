package dev.calotype.kind.clip;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is read of a caption of several sentences. A whole caption tells pictures apart by what is large, and what is small is then
 * learned late; a few of its sentences often say nothing but what is small.
 */
public enum Sentences {
    /** All, in their order. */
    ALL,
    /** Some, in any order: of a whole batch about the same share, which is another one at every step, a third on average. */
    SOME,
    /** Some, as {@link #SOME}, and of these only some words, in their order: of a whole batch a share that is uniform in 0.25..1. */
    WORDS;

    private static final double FEWEST = 0.25;

    /** The batch with what is read of its captions. */
    Batch of(Batch batch, Rng rng) {
        if (this == ALL) return batch;
        double u = rng.nextDouble(), share = u * u;
        double kept = this == WORDS ? FEWEST + (1 - FEWEST) * rng.nextDouble() : 1;
        List<String> told = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            Rng own = rng.fork(i);
            told.add(words(some(batch.captions().get(i), share, own), kept, own));
        }
        return batch.with(Columns.CAPTION, new Column.Texts(told));
    }

    /** At least one of the words of a text, and each with that probability. */
    static String words(String text, double kept, Rng rng) {
        if (kept == 1) return text;
        String[] words = text.split("\\s+");
        List<String> told = new ArrayList<>();
        for (String word : words) if (rng.nextDouble() < kept) told.add(word);
        return told.isEmpty() ? words[rng.nextInt(words.length)] : String.join(" ", told);
    }

    /** At least one of the sentences of a caption, and {@code share} of them. */
    static String some(String caption, double share, Rng rng) {
        List<String> sentences = new ArrayList<>(Arrays.asList(caption.strip().split("(?<=[.!?])\\s+")));
        double wanted = share * sentences.size();
        int count = (int) wanted + (rng.nextDouble() < wanted - (int) wanted ? 1 : 0);
        List<String> told = new ArrayList<>();
        for (int i = 0; i < Math.max(1, count); i++) told.add(sentences.remove(rng.nextInt(sentences.size())));
        return String.join(" ", told);
    }
}
