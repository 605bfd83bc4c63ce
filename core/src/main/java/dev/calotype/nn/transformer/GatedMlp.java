package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Two linear layers with a gate between them, GELU of one half for the other (GEGLU, Shazeer 2020). */
final class GatedMlp extends Module {
    private final LinearImpl fc1, fc2;

    /** @param hidden values between the layers */
    GatedMlp(int width, int hidden) {
        super("GatedMlp");
        fc1 = register_module("fc1", Blank.linear(width, 2L * hidden));
        fc2 = register_module("fc2", Blank.linear(hidden, width));
    }

    /** @param x (..., D) */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor gated = Scope.tidy(() -> {
                Tensor[] halves = Tensors.chunk(fc1.forward(x), 2, x.dim() - 1); // 2 of (..., hidden)
                return halves[0].mul(Activation.GELU.apply(halves[1]));
            }); // (..., hidden)
            return fc2.forward(gated); // (..., D)
        });
    }
}
