package dev.calotype.nn.transformer;

import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;

/** Makes residual branches start as nothing. */
final class Zeroed {
    private Zeroed() {}

    /** Sets weight and bias to zero. */
    static LinearImpl of(LinearImpl layer) {
        try (NoGradGuard guard = new NoGradGuard()) {
            layer.weight().zero_();
            layer.bias().zero_();
        }
        return layer;
    }
}
