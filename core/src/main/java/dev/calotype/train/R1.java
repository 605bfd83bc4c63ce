package dev.calotype.train;

import dev.calotype.model.Condition;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.tensor.Gradients;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Keeps a discriminator flat where the real images are: gamma/2 E |grad D(x)|² (Mescheder et al. 2018, arXiv:1801.04406),
 * lazily, in some steps only (Karras et al. 2020, arXiv:1912.04958, appendix B).
 *
 * @param gamma the weight, above 0; a start is 0.0002 pixels / batch
 * @param interval every how many steps the penalty is due, and by how much it is then larger
 */
public record R1(double gamma, int interval) {
    public R1 {
        if (!(gamma > 0)) throw new IllegalArgumentException("gamma must be above 0: " + gamma);
        if (interval < 1) throw new IllegalArgumentException("interval must be at least 1: " + interval);
    }

    /** Whether step {@code step} wants the penalty. */
    public boolean due(long step) {
        return step % interval == 0;
    }

    /**
     * What to add to the loss of a step in which it is due, a scalar with its graph. The gradient is differentiated twice:
     * layers with a backward pass by hand cannot be in the network.
     *
     * @param real fp32 (N, C, H, W)
     */
    public Tensor penalty(DiscriminatorNetwork discriminator, Tensor real, Condition condition) {
        return Scope.tidy(() -> {
            Tensor x = real.detach().requires_grad_(true); // (N, C, H, W)
            Tensor slope =
                    Gradients.recorded(discriminator.forward(x, condition).sum(), x); // (N, C, H, W)
            Tensor squares = slope.square().sum(1, 2, 3); // (N)
            return Tensors.scale(0.5 * gamma * interval, squares.mean());
        });
    }
}
