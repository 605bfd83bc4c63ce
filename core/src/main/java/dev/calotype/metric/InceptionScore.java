package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The score of Salimans et al. (2016): exp E[KL(p(y|x) || p(y))], between 1 and the number of classes K, higher for
 * pictures that are each of a clear class and together of all classes. It never looks at real pictures.
 *
 * <p>The samples are cut in order into splits, of which the mean and the deviation are reported, so they must come in
 * random order: ten splits of one class each score 1. Memory does not grow with the number of samples of a split.
 */
public final class InceptionScore {
    private static final double TOLERANCE = 1e-3;

    private final long most;
    private final LongUnaryOperator split; // that a sample belongs to
    private final int classes;
    private final List<Split> splits = new ArrayList<>();
    private long count;

    private InceptionScore(long most, LongUnaryOperator split, int classes) {
        if (classes < 2) throw new IllegalArgumentException("classes must be at least 2: " + classes);
        this.most = most;
        this.split = split;
        this.classes = classes;
    }

    /**
     * In splits of equal size or of one sample more, cut where the code of Salimans et al. does. Expects {@code samples} samples, known beforehand because they are cut in order;
     * where fewer come the last splits have fewer, and those without any do not count.
     *
     * @param samples at least {@code splits}
     * @param splits at least 1; papers use 10
     * @param classes at least 2
     */
    public static InceptionScore even(long samples, int splits, int classes) {
        if (splits < 1) throw new IllegalArgumentException("splits must be at least 1: " + splits);
        if (samples < splits)
            throw new IllegalArgumentException("samples must be at least the " + splits + " splits: " + samples);
        return new InceptionScore(
                samples, index -> ((index + 1) * splits - 1) / samples, classes); // from floor(i * samples / splits) on
    }

    /** In splits of {@code size} samples and a last one of what is left, which counts as much, as guided-diffusion's evaluator has it. */
    public static InceptionScore ofSize(long size, int classes) {
        if (size < 1) throw new IllegalArgumentException("size must be at least 1: " + size);
        return new InceptionScore(Long.MAX_VALUE, index -> index / size, classes);
    }

    /**
     * The answer.
     *
     * @param mean over the splits
     * @param deviation over the splits, that of the population (0 for a single split)
     * @param splits how many there are
     */
    public record Score(double mean, double deviation, int splits) {}

    /** Sums over the samples of a split. */
    private static final class Split {
        final double[] marginal; // of p(y|x)
        double negativeEntropy; // of p(y|x) log p(y|x)
        long size;

        Split(int classes) {
            marginal = new double[classes];
        }

        void add(double[] p) {
            for (int k = 0; k < p.length; k++) {
                marginal[k] += p[k];
                negativeEntropy += entropyTerm(p[k]);
            }
            size++;
        }

        double score() {
            double divergence = negativeEntropy / size;
            for (double sum : marginal) divergence -= entropyTerm(sum / size);
            return Math.exp(divergence);
        }
    }

    /**
     * Adds a batch.
     *
     * @param probabilities (N, K), rows that sum to 1
     * @throws IllegalArgumentException for another shape, for rows that are no probabilities, or beyond the expected number
     */
    public void add(Tensor probabilities) {
        Features.require("probabilities", probabilities, classes);
        long rows = probabilities.size(0);
        if (count + rows > most)
            throw new IllegalArgumentException(
                    "expected " + most + " samples in all: " + (count + rows) + " with this batch");
        double[] p = Scope.read(() -> Tensors.doubles(probabilities.to(ScalarType.Double)));
        for (int i = 0; i < rows; i++) add(Arrays.copyOfRange(p, i * classes, (i + 1) * classes));
    }

    private void add(double[] p) {
        double sum = Arrays.stream(p).sum();
        if (Math.abs(sum - 1) > TOLERANCE || Arrays.stream(p).anyMatch(v -> v < 0))
            throw new IllegalArgumentException(
                    "probabilities must be at least 0 and sum to 1: row " + count + " sums to " + sum);
        if (split.applyAsLong(count) == splits.size()) splits.add(new Split(classes));
        splits.get(splits.size() - 1).add(p);
        count++;
    }

    /**
     * The score of all samples.
     *
     * @throws IllegalStateException without any
     */
    public Score score() {
        if (count == 0) throw new IllegalStateException("an Inception Score needs samples: 0 were added");
        double[] scores = splits.stream().mapToDouble(Split::score).toArray();
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance = Arrays.stream(scores)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        return new Score(mean, Math.sqrt(variance), scores.length);
    }

    private static double entropyTerm(double p) {
        return p > 0 ? p * Math.log(p) : 0;
    }
}
