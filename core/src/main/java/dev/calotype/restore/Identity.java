package dev.calotype.restore;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Changes nothing. The text form is {@code none}. */
public record Identity() implements LinearOperator {
    @Override
    public Tensor apply(Tensor image) {
        return image;
    }

    @Override
    public Tensor adjoint(Tensor observed) {
        return observed;
    }

    @Override
    public Tensor invert(Tensor observed, double ridge) {
        return ridge == 0 ? observed : Tensors.scale(1 / (1 + ridge), observed);
    }

    @Override
    public String toString() {
        return "none";
    }
}
