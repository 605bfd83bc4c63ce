package dev.calotype.sampling;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A path between two noises, each point of which a deterministic sampler turns into an image. */
public enum Interpolation {
    /** The straight line. Its middle is less noisy than its ends, and its images are flatter. */
    LERP {
        @Override
        double[] weights(double u, double angle) {
            return new double[] {1 - u, u};
        }
    },
    /** The arc of the great circle (Shoemake 1985), every point of which is as noisy as the ends: the choice for noise. */
    SLERP {
        @Override
        double[] weights(double u, double angle) {
            double sine = Math.sin(angle);
            if (sine < 1e-6) return LERP.weights(u, angle); // parallel: no arc to follow
            return new double[] {Math.sin((1 - u) * angle) / sine, Math.sin(u * angle) / sine};
        }
    };

    abstract double[] weights(double u, double angle);

    /**
     * {@code count} points from {@code from} to {@code to}, both included.
     *
     * @param from one noise, of any shape
     * @param to another, of the same shape
     * @param count at least 2
     * @return in the caller's scope, (count, ...)
     */
    public Tensor frames(Tensor from, Tensor to, int count) {
        if (count < 2) throw new IllegalArgumentException("count must be at least 2: " + count);
        return Scope.tidy(() -> {
            Tensor[] frames = new Tensor[count];
            for (int i = 0; i < count; i++)
                frames[i] = at(from, to, i / (count - 1.0)).unsqueeze(0); // (1, ...)
            return Tensors.cat(0, frames); // (count, ...)
        });
    }

    /**
     * The point at the share {@code u} of the way, 0..1.
     *
     * @return in the caller's scope, in the shape of {@code from}
     */
    public Tensor at(Tensor from, Tensor to, double u) {
        return Scope.tidy(() -> {
            double[] w = weights(u, angle(from, to));
            return Tensors.combine(w[0], from, w[1], to);
        });
    }

    private static double angle(Tensor from, Tensor to) {
        Tensor a = from.to(ScalarType.Double).flatten();
        Tensor b = to.to(ScalarType.Double).flatten();
        double cosine =
                a.dot(b).item_double() / (a.norm().item_double() * b.norm().item_double());
        return Math.acos(Math.max(-1, Math.min(1, cosine)));
    }
}
