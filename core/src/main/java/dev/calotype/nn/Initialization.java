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

    /**
     * Draws kernels and matrices from N(0, d^2) and the gains of normalisation from N(1, d^2), as DCGAN does with d = 0.02;
     * biases become 0.
     */
    public static void normal(Module module, Rng rng, double deviation) {
        long index = 0;
        for (var entry : Tensors.parameters(module).entrySet()) {
            Rng stream = rng.fork(index++);
            Tensor parameter = entry.getValue();
            double mean = parameter.dim() < 2 && entry.getKey().endsWith("weight") ? 1 : 0;
            double spread = entry.getKey().endsWith("bias") ? 0 : deviation;
            Scope.read(() -> parameter.copy_(Tensors.scale(spread, stream.normal(Tensors.shape(parameter)))
                    .add(new Scalar(mean))));
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
