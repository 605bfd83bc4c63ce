package dev.calotype.tensor;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients as values, where {@code backward} would add them to the weights. */
public final class Gradients {
    private Gradients() {}

    /** The gradient of the scalar {@code y} with respect to {@code x}, in the shape of {@code x}. Spends the graph of {@code y}. */
    public static Tensor of(Tensor y, Tensor x) {
        return gradient(y, x, false);
    }

    /**
     * {@link #of}, with a graph of its own: what is computed of the gradient can be differentiated again, and keeps the
     * graph of {@code y} alive. Layers with a backward pass by hand ({@link Backward}) cannot be on the way.
     */
    public static Tensor recorded(Tensor y, Tensor x) {
        return gradient(y, x, true);
    }

    private static Tensor gradient(Tensor y, Tensor x, boolean record) {
        return Scope.tidy(() -> {
            TensorVector found = torch.grad(
                    new TensorVector(y),
                    new TensorVector(x),
                    new TensorVector(),
                    new BoolOptional(record),
                    record,
                    false);
            return Tensors.list(found)[0];
        });
    }
}
