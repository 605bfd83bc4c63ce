package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fidelity and diversity told apart by the balls that reach from each feature to its k-th nearest neighbour of the same
 * set. Values compare only for the same features, k and counts.
 *
 * @param precision share of fakes inside some ball of a real (Kynkaanniemi et al. 2019), 0..1
 * @param recall share of reals inside some ball of a fake, 0..1
 * @param density how many balls of reals a fake lies in, over k (Naeem et al. 2020): about 1 for equal distributions, may
 *     exceed it
 * @param coverage share of reals whose ball holds a fake (Naeem et al. 2020), 0..1
 * @param neighbours k: the k-th neighbour is counted without the point itself
 */
public record PrecisionRecall(double precision, double recall, double density, double coverage, int neighbours) {
    /** Below this share of |x|^2 + |y|^2 a squared distance is rounding: the points are the same. */
    private static final double SAME = 1e-12;

    /**
     * Compares two sets, block by block: memory grows with N + M, time with N M.
     *
     * @param real (N, D)
     * @param fake (M, D)
     * @param neighbours at least 1 and below N and M; 3 and 5 are customary
     */
    public static PrecisionRecall between(Tensor real, Tensor fake, int neighbours) {
        if (neighbours < 1) throw new IllegalArgumentException("neighbours must be at least 1: " + neighbours);
        Features.requirePair(real, fake, neighbours + 1L);
        return Scope.read(() -> {
            Tensor center = Features.exact(real).mean(0); // (D); distances lose less when the origin is near
            Tensor x = Features.exact(real).sub(center); // (N, D)
            Tensor y = Features.exact(fake).sub(center); // (M, D)
            double[] radiiX = radii(x, neighbours);
            Tensor radiusX = Tensors.ofDoubles(radiiX, 1, radiiX.length); // (1, N)
            Tensor radiusY = Tensors.ofDoubles(radii(y, neighbours), y.size(0), 1); // (M, 1)
            Tally tally = new Tally(radiiX.length);
            long rows = Features.blockRows(x.size(0));
            for (long from = 0; from < y.size(0); from += rows) {
                long start = from;
                long length = Math.min(rows, y.size(0) - from);
                Scope.run(() -> tally.add(
                        squaredDistances(y.narrow(0, start, length), x), radiusX, radiusY.narrow(0, start, length)));
            }
            return tally.answer(y.size(0), radiiX, neighbours);
        });
    }

    /** What has been seen of the pairs of some fakes with all reals. */
    private static final class Tally {
        private final boolean[] recalled;
        private final double[] nearest; // squared distance of each real to the nearest fake
        private long precise;
        private long inside;

        Tally(int reals) {
            recalled = new boolean[reals];
            nearest = new double[reals];
            Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        }

        /** {@code distances} (B, N) of B fakes, radii of reals (1, N) and of these fakes (B, 1), all squared. */
        void add(Tensor distances, Tensor radiusX, Tensor radiusY) {
            Tensor inReal = distances.le(radiusX); // (B, N)
            precise += inReal.any(1).sum().item_long();
            inside += inReal.sum().item_long();
            byte[] inFake = Tensors.bytes(distances.le(radiusY).any(0).to(ScalarType.Byte));
            double[] closest = Tensors.doubles(distances.amin(new long[] {0}, false));
            for (int i = 0; i < nearest.length; i++) {
                recalled[i] |= inFake[i] != 0;
                nearest[i] = Math.min(nearest[i], closest[i]);
            }
        }

        PrecisionRecall answer(double fakes, double[] radiiX, int neighbours) {
            int found = 0;
            int covered = 0;
            for (int i = 0; i < nearest.length; i++) {
                if (recalled[i]) found++;
                if (nearest[i] <= radiiX[i]) covered++;
            }
            double reals = nearest.length;
            return new PrecisionRecall(
                    precise / fakes, found / reals, inside / (neighbours * fakes), covered / reals, neighbours);
        }
    }

    /** The squared distance of each row to its k-th nearest other row. */
    private static double[] radii(Tensor x, int neighbours) {
        double[] radii = new double[Math.toIntExact(x.size(0))];
        long rows = Features.blockRows(x.size(0));
        for (long from = 0; from < radii.length; from += rows) {
            long start = from;
            long length = Math.min(rows, radii.length - from);
            double[] block = Scope.read(() -> {
                Tensor distances = squaredDistances(x.narrow(0, start, length), x); // (B, N), with one 0 for itself
                return Tensors.doubles(
                        distances.kthvalue(neighbours + 1L, 1, false).get0());
            });
            System.arraycopy(block, 0, radii, (int) start, block.length);
        }
        return radii;
    }

    /** |x|^2 + |y|^2 - 2 x.y for all pairs: (B, D) and (N, D) to (B, N). */
    static Tensor squaredDistances(Tensor x, Tensor y) {
        Tensor squares = x.square().sum(1).reshape(-1, 1).add(y.square().sum(1)); // (B, N)
        Tensor distances = squares.sub(x.mm(y.t()), new Scalar(2.0)); // (B, N)
        Tensor apart = distances.gt(squares.mul(new Scalar(SAME))); // (B, N)
        return distances.clamp_min_(new Scalar(0.0)).mul_(apart.to(ScalarType.Double)); // (B, N), none is -0
    }
}
