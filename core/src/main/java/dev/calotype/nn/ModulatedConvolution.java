package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A convolution whose kernel each image scales by input channel (Karras et al. 2020, arXiv:1912.04958, section 2.2).
 *
 * <p>The paper makes one kernel for each image. Here the image is scaled before and after a kernel that all share, which
 * is the same: w'_oikl = s_i w_oikl acts on x as w acts on s_i x_i, and demodulation divides output channel o by
 * sqrt(sum_i s_i² sum_kl w_oikl²), whose inner sum no image changes.
 */
final class ModulatedConvolution {
    private static final double EPSILON = 1e-8;

    /** Whether the outputs of independent inputs of unit variance are brought back to unit variance. */
    public enum Demodulation {
        ON,
        OFF
    }

    private ModulatedConvolution() {}

    /**
     * The picture convolved, without bias.
     *
     * @param x (N, in, H, W)
     * @param weight (out, in, k, k) with odd k; 3 for UP
     * @param styles s, (N, in)
     * @param resample NONE, or UP for twice the height and width through {@link FirResample}
     * @return (N, out, H, W) or (N, out, 2H, 2W)
     */
    public static Tensor apply(Tensor x, Tensor weight, Tensor styles, Resample resample, Demodulation demodulation) {
        return Scope.tidy(() -> {
            Tensor h = x.mul(perChannel(styles)); // (N, in, H, W)
            h = convolve(h, weight, resample); // (N, out, H', W')
            return demodulation == Demodulation.OFF ? h : h.mul(perChannel(demodulation(weight, styles)));
        });
    }

    private static Tensor convolve(Tensor x, Tensor weight, Resample resample) {
        return switch (resample) {
            case NONE -> Kernels.convolve(x, weight, 1, (int) weight.size(2) / 2); // (N, out, H, W)
            case UP -> FirResample.after(Kernels.spread(x, weight.transpose(0, 1), 2)); // (N, out, 2H, 2W)
            case DOWN -> throw new IllegalArgumentException("resample must be NONE or UP: " + resample);
        };
    }

    /** What output channels are multiplied by, (N, out), summed in fp32. */
    private static Tensor demodulation(Tensor weight, Tensor styles) {
        Tensor squares = weight.to(ScalarType.Float).square().sum(2, 3); // (out, in)
        Tensor sums = styles.to(ScalarType.Float).square().matmul(squares.t()); // (N, out)
        return sums.add(new Scalar(EPSILON)).rsqrt().to(Tensors.dtype(styles)); // (N, out)
    }

    private static Tensor perChannel(Tensor x) {
        return x.unsqueeze(2).unsqueeze(3); // (N, C, 1, 1)
    }
}
