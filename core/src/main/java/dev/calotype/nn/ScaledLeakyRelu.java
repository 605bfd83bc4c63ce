package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** The activation of StyleGAN2: LeakyReLU with slope 0.2 times sqrt(2), which about keeps the variance. */
public final class ScaledLeakyRelu {
    private ScaledLeakyRelu() {}

    /** In the shape of {@code x}. */
    public static Tensor apply(Tensor x) {
        return Scope.tidy(() -> Tensors.scale(Math.sqrt(2), Activation.LEAKY_RELU.apply(x)));
    }

    /** Of (N, C, H, W) with one bias for each channel. */
    static Tensor apply(Tensor x, Tensor bias) {
        return Scope.tidy(() -> apply(x.add(bias.reshape(1, -1, 1, 1)))); // (N, C, H, W)
    }
}
