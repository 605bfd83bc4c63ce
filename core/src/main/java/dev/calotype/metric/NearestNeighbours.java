package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;

/**
 * Whether a generator repeats its training pictures: the nearest training pictures of every sample, by the distance of
 * their features, held against how near training pictures are to each other.
 *
 * @param indices the k nearest training rows of each sample, nearest first, (M)(k)
 * @param distances to them, (M)(k)
 * @param ratios the distance of each sample to its nearest training row over that row's distance to the nearest training
 *     row that differs from it: about 1 and above for new pictures, near 0 for copies
 */
public record NearestNeighbours(int[][] indices, double[][] distances, double[] ratios) {
    /** Samples of a smaller ratio look like copies. */
    public static final double COPY = 1.0 / 3;

    private static final int TWINS = 16;

    /**
     * Looks every sample up, block by block.
     *
     * @param training (N, D): the features of the training pictures, all of them if possible
     * @param samples (M, D)
     * @param neighbours k, at least 1 and below N
     */
    public static NearestNeighbours of(Tensor training, Tensor samples, int neighbours) {
        if (neighbours < 1) throw new IllegalArgumentException("neighbours must be at least 1: " + neighbours);
        Features.requirePair(training, samples, 1);
        if (training.size(0) <= neighbours)
            throw new IllegalArgumentException(
                    "more than " + neighbours + " training features are needed: " + training.size(0));
        return Scope.read(() -> {
            Tensor center = Features.exact(training).mean(0); // (D)
            Tensor x = Features.exact(training).sub(center); // (N, D)
            Tensor y = Features.exact(samples).sub(center); // (M, D)
            Found found = nearest(y, x, neighbours);
            int[] first = Arrays.stream(found.indices).mapToInt(row -> row[0]).toArray();
            double[] usual = usual(x, first);
            double[] ratios = new double[first.length];
            for (int i = 0; i < ratios.length; i++) {
                double distance = found.distances[i][0];
                ratios[i] = distance == 0 ? 0 : distance / usual[i];
            }
            return new NearestNeighbours(found.indices, found.distances, ratios);
        });
    }

    /**
     * How far each of {@code rows} is from the nearest row that is not equal to it; where {@value #TWINS} rows are equal,
     * the mean of the others.
     */
    private static double[] usual(Tensor x, int[] rows) {
        int[] different = Arrays.stream(rows).distinct().sorted().toArray();
        int twins = (int) Math.min(TWINS, x.size(0));
        double[][] own = nearest(x.index_select(0, Tensors.of(different)), x, twins).distances; // the first is itself
        double[] distances = Arrays.stream(own)
                .mapToDouble(
                        row -> Arrays.stream(row).filter(d -> d > 0).findFirst().orElse(0))
                .toArray();
        double mean = Arrays.stream(distances).filter(d -> d > 0).average().orElse(0);
        return Arrays.stream(rows)
                .mapToDouble(row -> distances[Arrays.binarySearch(different, row)])
                .map(distance -> distance > 0 ? distance : mean)
                .toArray();
    }

    private record Found(int[][] indices, double[][] distances) {}

    /** The k rows of {@code to} nearest to each row of {@code from}. */
    private static Found nearest(Tensor from, Tensor to, int k) {
        int count = Math.toIntExact(from.size(0));
        Found found = new Found(new int[count][k], new double[count][k]);
        long rows = Features.blockRows(to.size(0));
        for (long start = 0; start < count; start += rows) {
            int first = (int) start;
            long length = Math.min(rows, count - start);
            Scope.run(() -> {
                Tensor squares = PrecisionRecall.squaredDistances(from.narrow(0, first, length), to); // (B, N)
                T_TensorTensor_T least = squares.topk(k, 1, false, true);
                double[] values = Tensors.doubles(least.get0());
                double[] places = Tensors.doubles(least.get1());
                for (int i = 0; i < values.length; i++) {
                    found.distances[first + i / k][i % k] = Math.sqrt(values[i]);
                    found.indices[first + i / k][i % k] = (int) places[i];
                }
            });
        }
        return found;
    }

    /** The share of the samples that look like copies: ratio below {@link #COPY}. */
    public double copies() {
        return share(ratio -> ratio < COPY);
    }

    /**
     * The share of the samples that are farther from the training set than its nearest picture is (authenticity, Alaa et al.
     * 2022): about that of unseen real pictures for a generator that does not copy, near 0 for one that does.
     */
    public double authenticity() {
        return share(ratio -> ratio > 1);
    }

    private double share(DoublePredicate test) {
        return Arrays.stream(ratios).filter(test).count() / (double) ratios.length;
    }

    /** The {@code count} samples that are nearest to the training set by their ratio, nearest first. */
    public List<Integer> suspects(int count) {
        return IntStream.range(0, ratios.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> ratios[i]))
                .limit(count)
                .toList();
    }
}
