package dev.calotype.embedding;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
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
     */
    public static Retrieval of(Tensor pictures, Tensor texts) {
        if (pictures.size(0) != texts.size(0))
            throw new IllegalArgumentException(
                    "pictures and texts must be as many: " + pictures.size(0) + " and " + texts.size(0));
        return Scope.read(() -> {
            Tensor likeness = pictures.matmul(texts.t()); // (N, N)
            return new Retrieval(
                    (int) pictures.size(0),
                    Recall.of(ranks(likeness)),
                    Recall.of(ranks(likeness.t().contiguous())));
        });
    }

    /** How many others are at least as near as a row's own, (N). */
    private static long[] ranks(Tensor likeness) {
        Tensor own = likeness.diagonal().unsqueeze(1); // (N, 1)
        Tensor nearer = likeness.ge(own).to(ScalarType.Double).sum(1).sub(new Scalar(1.0)); // (N)
        double[] counts = Tensors.doubles(nearer);
        long[] ranks = new long[counts.length];
        for (int i = 0; i < ranks.length; i++) ranks[i] = Math.round(counts[i]);
        return ranks;
    }
}
