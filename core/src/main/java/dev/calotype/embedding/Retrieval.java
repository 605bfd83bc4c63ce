package dev.calotype.embedding;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How well N pictures and their N texts find each other: the share of pictures (texts) whose own text (picture) is among the 1, 5 or
 * 10 that are nearest of all N. Ties count against it.
 *
 * @param pairs N
 * @param texts of pictures that look for their text
 * @param pictures of texts that look for their picture
 */
public record Retrieval(int pairs, Recall texts, Recall pictures) {
    private static final long BLOCK_VALUES = 1 << 22; // of a part of the likeness of all with all, which is 16 MiB

    /** Shares in 0..1. */
    public record Recall(double at1, double at5, double at10) {
        private static Recall of(long[] ranks) {
            return new Recall(share(ranks, 1), share(ranks, 5), share(ranks, 10));
        }

        private static double share(long[] ranks, int most) {
            long found = 0;
            for (long rank : ranks) if (rank < most) found++;
            return (double) found / ranks.length;
        }
    }

    /**
     * Of vectors of length 1; row i of one belongs to row i of the other.
     *
     * @param pictures fp32 (N, E)
     * @param texts fp32 (N, E)
     * @throws IllegalArgumentException if they are not as many, or not finite
     */
    public static Retrieval of(Tensor pictures, Tensor texts) {
        if (pictures.size(0) != texts.size(0))
            throw new IllegalArgumentException(
                    "pictures and texts must be as many: " + pictures.size(0) + " and " + texts.size(0));
        return new Retrieval(
                (int) pictures.size(0), Recall.of(ranks(pictures, texts)), Recall.of(ranks(texts, pictures)));
    }

    /** How many others of {@code all} are at least as near to a row as its own, (N). */
    private static long[] ranks(Tensor rows, Tensor all) {
        long count = rows.size(0), block = Math.max(1, BLOCK_VALUES / count);
        long[] ranks = new long[(int) count];
        for (long from = 0; from < count; from += block) {
            long first = from, some = Math.min(block, count - from);
            double[] nearer = Scope.read(() -> nearer(rows.narrow(0, first, some), all, first));
            for (int i = 0; i < nearer.length; i++) ranks[(int) first + i] = Math.round(nearer[i]) - 1;
        }
        return ranks;
    }

    /** How many of {@code all} are at least as near to a row as its own, itself among them; the first row's own is number {@code first}. */
    private static double[] nearer(Tensor rows, Tensor all, long first) {
        Tensor likeness = rows.matmul(all.t()); // (B, N)
        if (!likeness.isfinite().all().item_bool())
            throw new IllegalArgumentException("vectors must be finite: a value is NaN or infinite");
        Tensor own = likeness.diagonal(first, 0, 1).unsqueeze(1); // (B, 1)
        return Tensors.doubles(likeness.ge(own).sum(1).to(ScalarType.Double));
    }
}
