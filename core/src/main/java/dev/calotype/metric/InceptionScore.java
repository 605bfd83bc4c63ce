package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The score of Salimans et al. (2016): exp E[KL(p(y|x) || p(y))], between 1 and the number of classes K, higher for
 * pictures that are each of a clear class and together of all classes. It never looks at real pictures.
 *
 * <p>The samples are cut in order into equal splits, of which the mean and the deviation are reported, so they must come in
 * random order: ten splits of one class each score 1. Memory does not grow with the number of samples.
 */
public final class InceptionScore {
    private static final double TOLERANCE = 1e-3;

    private final long samples;
    private final int splits;
    private final int classes;
    private final double[][] marginal; // sum of p(y|x) in each split
    private final double[] negativeEntropy; // sum of p(y|x) log p(y|x) in each split
    private final long[] sizes;
    private long count;

    /**
     * Expects exactly {@code samples} samples, known beforehand because they are cut in order.
     *
     * @param samples at least {@code splits}
     * @param splits at least 1; papers use 10
     * @param classes at least 2
     */
    public InceptionScore(long samples, int splits, int classes) {
        if (splits < 1) throw new IllegalArgumentException("splits must be at least 1: " + splits);
        if (samples < splits)
            throw new IllegalArgumentException("samples must be at least the " + splits + " splits: " + samples);
        if (classes < 2) throw new IllegalArgumentException("classes must be at least 2: " + classes);
        this.samples = samples;
        this.splits = splits;
        this.classes = classes;
        this.marginal = new double[splits][classes];
        this.negativeEntropy = new double[splits];
        this.sizes = new long[splits];
    }

    /**
     * The answer.
     *
     * @param mean over the splits
     * @param deviation over the splits, that of the population (0 for a single split)
     */
    public record Score(double mean, double deviation) {}

    /**
     * Adds a batch.
     *
     * @param probabilities (N, K), rows that sum to 1
     * @throws IllegalArgumentException for another shape, for rows that are no probabilities, or beyond the expected number
     */
    public void add(Tensor probabilities) {
        Features.require("probabilities", probabilities, classes);
        long rows = probabilities.size(0);
        if (count + rows > samples)
            throw new IllegalArgumentException(
                    "expected " + samples + " samples in all: " + (count + rows) + " with this batch");
        double[] p = Scope.read(() -> Tensors.doubles(probabilities.to(ScalarType.Double)));
        for (int i = 0; i < rows; i++) add(Arrays.copyOfRange(p, i * classes, (i + 1) * classes));
    }

    private void add(double[] p) {
        double sum = Arrays.stream(p).sum();
        if (Math.abs(sum - 1) > TOLERANCE || Arrays.stream(p).anyMatch(v -> v < 0))
            throw new IllegalArgumentException(
                    "probabilities must be at least 0 and sum to 1: row " + count + " sums to " + sum);
        int split = (int) (count * splits / samples);
        for (int k = 0; k < classes; k++) {
            marginal[split][k] += p[k];
            negativeEntropy[split] += entropyTerm(p[k]);
        }
        sizes[split]++;
        count++;
    }

    /**
     * The score of all samples.
     *
     * @throws IllegalStateException while samples are missing
     */
    public Score score() {
        if (count != samples)
            throw new IllegalStateException("expected " + samples + " samples: " + count + " were added");
        double[] scores = new double[splits];
        for (int s = 0; s < splits; s++) {
            double divergence = negativeEntropy[s] / sizes[s];
            for (double sum : marginal[s]) divergence -= entropyTerm(sum / sizes[s]);
            scores[s] = Math.exp(divergence);
        }
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance = Arrays.stream(scores)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        return new Score(mean, Math.sqrt(variance));
    }

    private static double entropyTerm(double p) {
        return p > 0 ? p * Math.log(p) : 0;
    }
}
