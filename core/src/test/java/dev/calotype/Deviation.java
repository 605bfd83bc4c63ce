package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How far two tensors are apart. */
public final class Deviation {
    private Deviation() {}

    /** |a - b| / |b| in the Euclidean norm over all values. */
    public static double relative(Tensor a, Tensor b) {
        return Scope.read(() -> {
            Tensor wanted = b.to(ScalarType.Double);
            return a.to(ScalarType.Double).sub(wanted).norm().item_double()
                    / wanted.norm().item_double();
        });
    }

    /** The largest |a - b|. */
    public static double largest(Tensor a, Tensor b) {
        assertThat(Tensors.shape(a)).containsExactly(Tensors.shape(b));
        return Scope.read(() ->
                a.to(ScalarType.Double).sub(b.to(ScalarType.Double)).abs().max().item_double());
    }
}
