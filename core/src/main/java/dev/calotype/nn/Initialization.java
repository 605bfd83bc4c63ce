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

    /**
     * Draws the weights of a transformer as the code of the Vision Transformer does: matrices from Xavier's uniform
     * distribution (Glorot &amp; Bengio 2010), those of query, key and value each by itself, kernels of convolutions from
     * N(0, 1 / fan-in), positions from N(0, 0.02^2). Biases, extra tokens and the layers called {@code head} become 0; one-dimensional
     * weights keep their values.
     */
    public static void transformer(Module module, Rng rng) {
        long index = 0;
        for (var entry : Tensors.parameters(module).entrySet()) {
            Rng stream = rng.fork(index++);
            String name = entry.getKey();
            Tensor parameter = entry.getValue();
            Scope.read(() -> {
                long[] shape = Tensors.shape(parameter);
                double rows = name.endsWith("qkv.weight") ? shape[0] / 3.0 : shape[0];
                if (name.endsWith("pos_embed")) return parameter.copy_(Tensors.scale(0.02, stream.normal(shape)));
                if (name.endsWith(".bias") || name.startsWith("head") || name.endsWith("_token"))
                    return parameter.zero_();
                if (shape.length == 1) return parameter;
                if (shape.length >= 4) {
                    double deviation = Math.sqrt((double) shape[0] / parameter.numel());
                    return parameter.copy_(Tensors.scale(deviation, stream.normal(shape)));
                }
                double bound = Math.sqrt(6 / (rows + shape[1]));
                return parameter.copy_(
                        stream.uniform(shape).mul(new Scalar(2 * bound)).sub(new Scalar(bound)));
            });
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
