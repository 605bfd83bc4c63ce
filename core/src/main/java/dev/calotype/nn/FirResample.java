package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Changes of resolution around the filter [1, 3, 3, 1] in both directions, which keeps aliases down (Zhang 2019,
 * arXiv:1904.11486; Karras et al. 2020, arXiv:1912.04958, appendix B). Pictures are continued by zeros.
 */
public final class FirResample {
    private static final double[] TAPS = {1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0};

    private FirResample() {}

    /** Doubles height and width; the mean stays, but for the edges. */
    public static Tensor up(Tensor x) {
        return Scope.tidy(() -> Kernels.spreadEach(x, kernel(x, 4), 2, 1)); // (N, C, 2H, 2W)
    }

    /**
     * What a convolution without padding then halves. The filter itself does not: the engine has no fast gradient of a
     * convolution of each channel with strides in bf16.
     */
    static Tensor before(Tensor x, int kernel) {
        return Scope.tidy(() -> Kernels.convolveEach(x, kernel(x, 1), 1, kernel / 2 + 1)); // (N, C, H + k - 2, ...)
    }

    /** Smooths what a 3 x 3 kernel has spread to every other pixel, one pixel too large. */
    static Tensor after(Tensor x) {
        return Scope.tidy(() -> Kernels.convolveEach(x, kernel(x, 4), 1, 1)); // (N, C, H - 1, W - 1)
    }

    /** One copy of the filter for each channel. */
    private static Tensor kernel(Tensor x, double gain) {
        Tensor taps = Tensors.as(Tensors.of(TAPS), x); // (4)
        Tensor square = Tensors.scale(gain, taps.unsqueeze(1).mul(taps)); // (4, 4)
        return square.expand(x.size(1), 1, TAPS.length, TAPS.length); // (C, 1, 4, 4)
    }
}
