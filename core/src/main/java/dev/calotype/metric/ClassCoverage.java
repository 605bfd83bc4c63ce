package dev.calotype.metric;

import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Which classes a classifier sees in generated pictures: a generator that has forgotten a mode shows it here first.
 * Accumulates batch by batch.
 */
public final class ClassCoverage {
    private final List<String> classes;
    private CategoryHistogram histogram;

    /** @param classes that the classifier tells apart, in the order of its logits */
    public ClassCoverage(List<String> classes) {
        this.classes = classes;
        this.histogram = CategoryHistogram.of(classes);
    }

    /** Adds pictures by what the classifier makes of them, logits fp32 (N, K). */
    public void add(Tensor logits) {
        histogram = histogram.plus(CategoryHistogram.of(classes, winners(logits)));
    }

    /** The pictures seen so far by their most probable class: share of classes present, entropy, distances. */
    public CategoryHistogram histogram() {
        return histogram;
    }

    private static int[] winners(Tensor logits) {
        int classes = Math.toIntExact(logits.size(1));
        float[] scores = Tensors.floats(logits);
        int[] winners = new int[scores.length / classes];
        for (int i = 0; i < winners.length; i++)
            for (int k = 1; k < classes; k++)
                if (scores[i * classes + k] > scores[i * classes + winners[i]]) winners[i] = k;
        return winners;
    }
}
