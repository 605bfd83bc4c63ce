package dev.calotype.metric;

import dev.calotype.model.Classifier;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Which classes a classifier sees in generated pictures: a generator that has forgotten a mode shows it here first.
 * Accumulates batch by batch; borrows its classifier.
 */
public final class ClassCoverage {
    private final Classifier classifier;
    private CategoryHistogram histogram;

    public ClassCoverage(Classifier classifier) {
        this.classifier = classifier;
        this.histogram = CategoryHistogram.of(classifier.classes());
    }

    /** Adds a batch of uint8 pixels (N, C, H, W). */
    public void add(Tensor pixels) {
        Scope.run(() -> addLogits(classifier.logits(pixels)));
    }

    /** Adds pictures of which the classifier has given the logits already, fp32 (N, K). */
    public void addLogits(Tensor logits) {
        int[] winners = winners(logits);
        histogram = histogram.plus(CategoryHistogram.of(classifier.classes(), winners));
    }

    /** The pictures seen so far by their most probable class: share of classes present, entropy, distances. */
    public CategoryHistogram histogram() {
        return histogram;
    }

    /** The names of the classes. */
    public List<String> classes() {
        return classifier.classes();
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
