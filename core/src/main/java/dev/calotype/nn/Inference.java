package dev.calotype.nn;

import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;

/** Networks that will not be trained any more. */
public final class Inference {
    private Inference() {}

    /** Converts the weights once, to {@code precision} and the layout that is fast with it, and freezes them. */
    public static <N extends Module> N prepare(N network, Precision precision) {
        Scope.read(() -> {
            Tensors.parameters(network).values().forEach(parameter -> {
                parameter.requires_grad_(false);
                parameter.set_data(Layout.of(precision.dtype()).apply(parameter.to(precision.dtype())));
            });
            return null;
        });
        return network;
    }
}
