package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/**
 * One operator after another.
 *
 * @param first acts on the image
 * @param second acts on what the first made
 */
record Composition(LinearOperator first, LinearOperator second) implements LinearOperator {
    @Override
    public Tensor apply(Tensor image) {
        return second.apply(first.apply(image));
    }

    @Override
    public Tensor adjoint(Tensor observed) {
        return first.adjoint(second.adjoint(observed));
    }

    @Override
    public Size imageSize(Size observed) {
        return first.imageSize(second.imageSize(observed));
    }

    @Override
    public Size observedSize(Size image) {
        return second.observedSize(first.observedSize(image));
    }

    @Override
    public String toString() {
        return first + "+" + second;
    }
}
