package dev.calotype.nn;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Starting weights that depend on a seed alone, in PyTorch's default distributions. */
public final class Initialization {
    private Initialization() {}

    /**
     * Draws every weight and bias of linear and convolution layers from U(-b, b), b = 1/sqrt(fan-in). Weights that are
     * all zero, and one-dimensional ones without a matrix beside them (normalisation), keep their values.
     */
    public static void uniform(Module module, Rng rng) {
        Map<String, Tensor> parameters = Tensors.parameters(module);
        int index = 0;
        for (var entry : parameters.entrySet()) {
            Rng stream = rng.fork(index++);
            String prefix = entry.getKey().substring(0, entry.getKey().lastIndexOf('.') + 1);
            Tensor weight = parameters.get(prefix + "weight");
            if (weight == null || weight.dim() < 2) continue;
            double bound = 1 / Math.sqrt((double) weight.numel() / weight.size(0));
            draw(entry.getValue(), stream, bound);
        }
    }

    private static void draw(Tensor parameter, Rng rng, double bound) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> {
                if (parameter.count_nonzero().item_long() == 0) return;
                Tensor unit = rng.uniform(Tensors.shape(parameter));
                parameter.copy_(unit.mul(new Scalar(2 * bound)).sub(new Scalar(bound)));
            });
        }
    }
}
