package dev.calotype.metric;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** How different the pictures of one set are from each other: a generator that has collapsed shows it here. */
public final class Diversity {
    private static final int PAIR_COPIES = 32; // of a picture that comparing two takes, windows included

    private Diversity() {}

    /** The mean distance between two different rows of {@code features} (N, D), N at least 2; all pairs count. */
    public static double meanDistance(Tensor features) {
        Features.requirePair(features, features, 2);
        return Scope.read(() -> {
            Tensor x = Features.exact(features).sub(Features.exact(features).mean(0)); // (N, D)
            double sum = 0;
            long n = x.size(0);
            long rows = Features.blockRows(n);
            for (long from = 0; from < n; from += rows) {
                long start = from;
                long length = Math.min(rows, n - from);
                sum += Scope.read(() -> PrecisionRecall.squaredDistances(x.narrow(0, start, length), x)
                        .sqrt()
                        .sum()
                        .item_double());
            }
            return sum / n / (n - 1);
        });
    }

    /**
     * The mean MS-SSIM of random pairs of different pictures (Odena et al. 2017): high where pictures resemble each other.
     * The scales are as many as fit.
     *
     * @param pixels uint8 (N, C, H, W), N at least 2, sides at least 11
     * @param pairs how many, at least 1
     * @param rng draws them
     */
    public static double meanSimilarity(Tensor pixels, int pairs, Rng rng) {
        if (pixels.dim() != 4 || pixels.size(0) < 2)
            throw new IllegalArgumentException(
                    "a set of at least 2 pictures (N, C, H, W) is needed: " + Arrays.toString(Tensors.shape(pixels)));
        if (pairs < 1) throw new IllegalArgumentException("pairs must be at least 1: " + pairs);
        int count = Math.toIntExact(pixels.size(0));
        MsSsim measure = MsSsim.fitting(pixels.size(2), pixels.size(3));
        int[] left = new int[pairs];
        int[] right = new int[pairs];
        for (int i = 0; i < pairs; i++) {
            left[i] = rng.nextInt(count);
            right[i] = (left[i] + 1 + rng.nextInt(count - 1)) % count;
        }
        int block = Math.toIntExact(Features.blockRows(PAIR_COPIES * pixels.size(1) * pixels.size(2) * pixels.size(3)));
        return IntStream.iterate(0, from -> from < pairs, from -> from + block)
                        .mapToDouble(from -> Scope.read(() -> {
                            int to = Math.min(pairs, from + block);
                            Tensor a = pixels.index_select(0, Tensors.of(Arrays.copyOfRange(left, from, to)));
                            Tensor b = pixels.index_select(0, Tensors.of(Arrays.copyOfRange(right, from, to)));
                            return Arrays.stream(measure.between(a, b)).sum();
                        }))
                        .sum()
                / pairs;
    }
}
