package dev.calotype;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Fresh networks answer zero; tests want every path to count. */
public final class Awake {
    private Awake() {}

    /** Gives the parameters of {@code network} that are all zero or all one small values beside it. */
    public static <N extends Module> N network(N network, long seed) {
        Scope.read(() -> {
            long name = 0;
            for (Tensor parameter : Tensors.parameters(network).values()) {
                Rng rng = Rng.of(seed).fork(name++);
                if (parameter.max().equal(parameter.min()))
                    parameter.add_(rng.normal(Tensors.shape(parameter)).mul(new Scalar(0.1)));
            }
            return null;
        });
        return network;
    }
}
