package dev.calotype.metric;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the measures ask of the feature matrices that they are given. */
final class Features {
    /** The number of doubles that one block of a pairwise matrix may hold: 32 MiB. */
    private static final long BLOCK_VALUES = 1 << 22;

    private Features() {}

    /** Throws unless {@code x} is (N, dimensions) and finite. */
    static void require(String name, Tensor x, int dimensions) {
        if (x.dim() != 2 || x.size(1) != dimensions)
            throw new IllegalArgumentException(
                    name + " must have shape (N, " + dimensions + "): " + Arrays.toString(Tensors.shape(x)));
        if (!finite(x)) throw new IllegalArgumentException(name + " must be finite: a value is NaN or infinite");
    }

    /** Throws unless both are finite matrices of the same width with at least {@code minimum} rows. */
    static void requirePair(Tensor real, Tensor fake, long minimum) {
        int dimensions = real.dim() == 2 ? Math.toIntExact(real.size(1)) : 0;
        if (dimensions == 0)
            throw new IllegalArgumentException(
                    "real features must have shape (N, D): " + Arrays.toString(Tensors.shape(real)));
        require("real features", real, dimensions);
        require("fake features", fake, dimensions);
        if (real.size(0) < minimum || fake.size(0) < minimum)
            throw new IllegalArgumentException("at least " + minimum + " real and fake features are needed: "
                    + real.size(0) + " and " + fake.size(0));
    }

    /** In double precision, on the CPU. */
    static Tensor exact(Tensor x) {
        return x.cpu().to(ScalarType.Double);
    }

    /** How many rows of a matrix with {@code columns} columns make one block. */
    static long blockRows(long columns) {
        return Math.max(1, BLOCK_VALUES / columns);
    }

    /** {@code count} different numbers of 0..all-1, drawn at random. */
    static int[] draw(int all, int count, Rng rng) {
        int[] rows = new int[all];
        for (int i = 0; i < all; i++) rows[i] = i;
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            int j = i + rng.nextInt(all - i);
            chosen[i] = rows[j];
            rows[j] = rows[i];
        }
        return chosen;
    }

    private static boolean finite(Tensor x) {
        return x.numel() == 0
                || Scope.read(() ->
                        Double.isFinite(x.to(ScalarType.Double).abs().max().item_double()));
    }
}
