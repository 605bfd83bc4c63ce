package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
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

    /** Adds what y wants of the picture, seen at {@code extrapolated}, to the slope of an iteration. */
    default void pull(float[] extrapolated, float[] slope) {}

    /** To the picture that makes ‖x − z‖² / 2 τ + f(x) least, or as far as {@link #pull} has not. */
    void settle(float[] z, double tau);

    /** Whether {@link #excess} is known. */
    default boolean isGapKnown() {
        return false;
    }

    /** How much more f is at x than the least that f(x) + ⟨x, slope⟩ can be; NaN where that is not known. */
    default double excess(float[] x, float[] slope) {
        return Double.NaN;
    }

    /** Where nothing but noise has come to the picture. */
    record Noisy(float[] y, double lambda) implements Fidelity {
        @Override
        public double convexity() {
            return 1 / lambda;
        }

        @Override
        public void settle(float[] z, double tau) {
            float weight = (float) (tau / lambda);
            float share = 1 / (1 + weight);
            for (int i = 0; i < z.length; i++) z[i] = Math.max(-1, Math.min(1, (z[i] + weight * y[i]) * share));
        }

        @Override
        public boolean isGapKnown() {
            return true;
        }

        /** The least is at y − λ slope, clipped. */
        @Override
        public double excess(float[] x, float[] slope) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                double best = Math.max(-1, Math.min(1, y[i] - lambda * slope[i]));
                double off = best - y[i];
                double here = x[i] - y[i];
                sum += (here * here - off * off) / (2 * lambda) - best * slope[i];
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

    /**
     * Where A is inverted directly: x = z + Aᵀ (A Aᵀ + λ / τ)⁻¹ (y − A z).
     *
     * @param shape of the picture
     */
    record Inverted(Observation seen, double lambda, long[] shape) implements Fidelity {
        @Override
        public void settle(float[] z, double tau) {
            float[] settled = Scope.read(() -> {
                Tensor image = Tensors.of(z, shape);
                Tensor ax = seen.operator().apply(image);
                Tensor missing = seen.operator().invert(seen.image().sub(ax), lambda / tau);
                return Tensors.floats(Tensors.clip(image.add(missing)));
            });
            System.arraycopy(settled, 0, z, 0, z.length);
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
        public void pull(float[] extrapolated, float[] slope) {
            float[] back = Scope.read(() -> {
                Tensor ax = seen.operator().apply(Tensors.of(extrapolated, shape));
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
