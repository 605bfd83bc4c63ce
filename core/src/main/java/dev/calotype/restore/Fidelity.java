package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The part of an observation in the primal-dual iteration of {@link TotalVariation}: f(x) = ‖A x − y‖² / 2 λ, or that A x is
 * what y says for certain. Pictures are values in Java memory, which are changed in place.
 */
interface Fidelity {
    /** By how much f curves at least in every direction. */
    default double convexity() {
        return 0;
    }

    /**
     * The lengths of the steps of an iteration.
     *
     * @param dual of the dual of the total variation
     * @param tau of the picture
     * @param momentum how far beyond its move the picture is extrapolated
     */
    record Steps(double dual, double tau, double momentum) {}

    /**
     * One iteration: the picture x and its extrapolation, in their places.
     *
     * @return the sum of the squares of the moves of x
     */
    default double iterate(VariationDual dual, float[][] x, float[][] extrapolated, Steps steps) {
        int width = x[0].length;
        float[][] lines = new float[x.length][width];
        dual.ascend(extrapolated, (float) steps.dual);
        dual.slope(lines);
        float[] slope = VariationDual.flat(lines), next = VariationDual.flat(x);
        pull(extrapolated, slope);
        for (int i = 0; i < next.length; i++) next[i] -= (float) steps.tau * slope[i];
        settle(next, steps.tau);
        double sum = 0;
        for (int r = 0; r < x.length; r++) {
            float[] line = x[r], beyond = extrapolated[r];
            for (int i = 0; i < width; i++) {
                float settled = next[r * width + i], move = settled - line[i];
                line[i] = settled;
                beyond[i] = settled + (float) steps.momentum * move;
                sum += move * move;
            }
        }
        return sum;
    }

    /** How many of the values of a picture y leaves open. */
    default double open(float[][] x) {
        return (double) x.length * x[0].length;
    }

    /** Adds what y wants of the picture, seen at {@code extrapolated}, to the slope of an iteration. */
    default void pull(float[][] extrapolated, float[] slope) {}

    /** To the picture that makes ‖x − z‖² / 2 τ + f(x) least, or as far as {@link #pull} has not. */
    default void settle(float[] z, double tau) {}

    /** Whether {@link #excess} is known. */
    default boolean isGapKnown() {
        return false;
    }

    /** How much more f is at x than the least that f(x) + ⟨x, slope⟩ can be; NaN where that is not known. */
    default double excess(float[][] x, float[][] slope) {
        return Double.NaN;
    }

    /**
     * Where each pixel was seen with its noise, or is missing.
     *
     * @param known 1 where a pixel was seen and 0 where it is missing, for all channels alike
     * @param lambda 0 for a picture that is y where it was seen
     */
    record Pixels(float[][] y, float[][] known, double lambda) implements Fidelity {
        /** Where all were seen, with noise. */
        static Pixels all(float[][] y, int height, double lambda) {
            float[][] known = new float[height][y[0].length];
            for (float[] row : known) Arrays.fill(row, 1);
            return new Pixels(y, known, lambda);
        }

        private boolean isWhole() {
            return lambda > 0 && missing() == 0;
        }

        private double missing() {
            double missing = 0;
            for (float[] row : known) for (float one : row) missing += 1 - one;
            return missing;
        }

        @Override
        public double convexity() {
            return isWhole() ? 1 / lambda : 0;
        }

        /** In one pass. */
        @Override
        public double iterate(VariationDual dual, float[][] x, float[][] extrapolated, Steps steps) {
            float share = (float) (steps.tau() / (steps.tau() + lambda)); // of y in what is settled
            float[][] gain = new float[known.length][known[0].length];
            for (int r = 0; r < gain.length; r++)
                for (int i = 0; i < gain[r].length; i++) gain[r][i] = share * known[r][i];
            return dual.iterate(
                    x, extrapolated, new VariationDual.Pull(y, gain, (float) steps.dual(), (float) steps.tau(), (float)
                            steps.momentum()));
        }

        @Override
        public double open(float[][] x) {
            if (lambda > 0) return Fidelity.super.open(x);
            return Math.max(1, missing() * x.length / known.length);
        }

        @Override
        public boolean isGapKnown() {
            return isWhole();
        }

        /** The least is at y − λ slope, clipped. */
        @Override
        public double excess(float[][] x, float[][] slope) {
            double sum = 0;
            for (int r = 0; r < x.length; r++)
                for (int i = 0; i < x[r].length; i++) {
                    double best = Math.max(-1, Math.min(1, y[r][i] - lambda * slope[r][i]));
                    double off = best - y[r][i];
                    double here = x[r][i] - y[r][i];
                    sum += (here * here - off * off) / (2 * lambda) - best * slope[r][i];
                }
            return sum;
        }
    }

    /**
     * Where y also says something for certain, such as the steps of JPEG: near y among the pictures that it allows.
     *
     * @param shape of the picture
     */
    record Certain(Observation seen, double lambda, long[] shape) implements Fidelity {
        @Override
        public double convexity() {
            return 1 / lambda;
        }

        @Override
        public void settle(float[] z, double tau) {
            double weight = tau / lambda;
            float[] settled = Scope.read(() -> {
                Tensor y = seen.image();
                Tensor near = Tensors.combine(1 / (1 + weight), Tensors.of(z, shape), weight / (1 + weight), y);
                return Tensors.floats(Tensors.clip(seen.feasible().project(near, y)));
            });
            System.arraycopy(settled, 0, z, 0, z.length);
        }
    }

    /** Where A is inverted directly: x = z + Aᵀ (A Aᵀ + λ / τ)⁻¹ (y − A z), τ being always the same. */
    final class Inverted implements Fidelity, AutoCloseable {
        private final long[] shape;
        private final Tensor known; // Aᵀ (A Aᵀ + λ / τ)⁻¹ y
        private final Separable.SeenPart seenPart;

        /** @param shape of the picture */
        Inverted(Observation seen, Separable a, double ridge, long[] shape) {
            this.shape = shape;
            known = Scope.keep(() -> a.invert(seen.image(), ridge));
            seenPart = a.seenPart(known, ridge);
        }

        @Override
        public void settle(float[] z, double tau) {
            float[] settled = Scope.read(() -> {
                Tensor image = Tensors.of(z, shape);
                return Tensors.floats(Tensors.clip(image.add(known).sub(seenPart.of(image))));
            });
            System.arraycopy(settled, 0, z, 0, z.length);
        }

        @Override
        public void close() {
            known.close();
            seenPart.close();
        }
    }

    /** Any A, by a dual q of the observation: less per iteration, and more iterations. */
    final class Dual implements Fidelity, AutoCloseable {
        private final Observation seen;
        private final double lambda;
        private final double step;
        private final long[] shape;
        private Tensor dual;

        /** @param step of q */
        Dual(Observation seen, double lambda, double step, long[] shape) {
            this.seen = seen;
            this.lambda = lambda;
            this.step = step;
            this.shape = shape;
            dual = Scope.keep(() -> torch.zeros_like(seen.image()));
        }

        @Override
        public void pull(float[][] extrapolated, float[] slope) {
            float[] back = Scope.read(() -> {
                Tensor ax = seen.operator().apply(Tensors.of(VariationDual.flat(extrapolated), shape));
                Tensor moved = Tensors.combine(1, dual, step, ax);
                Tensor next = Scope.keep(() -> stepped(moved));
                dual.close();
                dual = next;
                return Tensors.floats(seen.operator().adjoint(next));
            });
            for (int i = 0; i < slope.length; i++) slope[i] += back[i];
        }

        private Tensor stepped(Tensor moved) {
            Tensor y = seen.image();
            if (seen.feasible() != FeasibleSet.ALL) {
                Tensor inside = seen.feasible().project(Tensors.scale(1 / step, moved), y);
                return Tensors.combine(1, moved, -step, inside);
            }
            return Tensors.scale(1 / (1 + step * lambda), Tensors.combine(1, moved, -step, y));
        }

        @Override
        public void settle(float[] z, double tau) {
            for (int i = 0; i < z.length; i++) z[i] = Math.max(-1, Math.min(1, z[i]));
        }

        @Override
        public void close() {
            dual.close();
        }
    }
}
