package dev.calotype.train;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A cost of how steeply a discriminator answers to changes of an image. Every image must be judged by itself: batch
 * normalisation would mix the slopes.
 *
 * @param weight gamma of R1, which enters as gamma / 2, or lambda of the gradient penalty; at least 0
 * @param every 1 for a part of every loss; above it, from how many steps on there is an update by the penalty alone, which
 *     counts as many times (lazy regularisation, Karras et al. 2020, arXiv:1912.04958)
 */
public record SlopePenalty(Kind kind, double weight, int every) {
    /** Which slope, and how long it should be. */
    public enum Kind {
        NONE,
        /** That at real images should be 0 (Mescheder, Geiger &amp; Nowozin 2018, arXiv:1801.04406). */
        R1,
        /** That between real and generated images should have length 1 (Gulrajani et al. 2017, arXiv:1704.00028). */
        GRADIENT
    }

    /** No penalty. */
    public static final SlopePenalty NONE = new SlopePenalty(Kind.NONE, 0, 1);

    public SlopePenalty {
        if (!(weight >= 0 && weight < 1e6))
            throw new IllegalArgumentException("weight of the penalty must be in [0, 1e6): " + weight);
        if (every < 1) throw new IllegalArgumentException("every must be at least 1: " + every);
    }

    /** Whether it is a part of every loss. */
    boolean constant() {
        return present() && every == 1;
    }

    /** When it has an update of its own. */
    Lazy lazy() {
        return present() && every > 1 ? new Lazy(every) : Lazy.NEVER;
    }

    private boolean present() {
        return kind != Kind.NONE && weight > 0;
    }

    /**
     * The penalty of a batch, a scalar whose gradient reaches the weights of {@code discriminator}.
     *
     * @param real fp32 (N, C, H, W)
     * @param fake fp32 (N, C, H, W)
     * @param rng places the images between real and fake
     */
    public Tensor of(UnaryOperator<Tensor> discriminator, Tensor real, Tensor fake, Rng rng) {
        return Scope.tidy(() -> {
            Tensor x = (kind == Kind.R1 ? real.detach().clone() : between(real, fake, rng)).requires_grad_(true);
            Tensor slope = Kernels.slope(discriminator.apply(x), x); // (N, C, H, W)
            Tensor squares = slope.square().sum(1, 2, 3); // (N)
            Tensor cost = kind == Kind.R1
                    ? Tensors.scale(0.5, squares)
                    : squares.add(new Scalar(1e-12)).sqrt().sub(new Scalar(1.0)).square(); // (N)
            return Tensors.scale(weight * every, cost.mean());
        });
    }

    private static Tensor between(Tensor real, Tensor fake, Rng rng) {
        Tensor share = Device.of(real).move(rng.uniform(real.size(0), 1, 1, 1)); // (N, 1, 1, 1)
        return fake.detach().add(real.detach().sub(fake.detach()).mul(share)); // (N, C, H, W)
    }
}
