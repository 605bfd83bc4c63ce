package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The linear estimate m + Aᵀ (A Aᵀ + σ² / v I)⁻¹ (y − A m), clipped to [-1, 1]: the pseudo-inverse where there is no noise.
 * The mean m is that of the flat image which fits best, the variance v what the observation has beyond it and the noise.
 */
public record PseudoInverse() implements Restorer {
    private static final double LEAST = 1e-6;

    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        Tensor image = Scope.inference(() -> {
            Tensor y = observation.image();
            LinearOperator a = observation.operator();
            Tensor ones = torch.ones_like(Unchanged.enlarged(observation)); // (N, C, H, W)
            Tensor flat = a.apply(ones); // (N, C, H', W')
            Tensor mean = flat.mul(y).sum().div(flat.square().sum());
            Tensor rest = y.sub(flat.mul(mean));
            double noise = observation.sigma() * observation.sigma();
            double seen = rest.square().sum().div(flat.square().sum()).item_double();
            double ridge = noise / Math.max(seen - noise, LEAST);
            return Tensors.clip(ones.mul(mean).add(a.invert(rest, ridge)));
        });
        return new Restored(image, 0, 0);
    }
}
