package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Takes noise off in the cosine transforms of all 8 x 8 patches (Yu &amp; Sapiro, <em>DCT Image Denoising</em>, IPOL 2011):
 * coefficients under {@code threshold} sigma are noise. Patches overlap in 64 ways, whose mean is taken with the weights of
 * BM3D, the fewer coefficients stay the more. A second pass takes the first for the truth and shrinks each coefficient as
 * Wiener's filter does (Dabov, Foi, Katkovnik &amp; Egiazarian 2007). Colours are turned into their own cosine transform first,
 * so that luma and chroma have their coefficients each. Needs no training.
 *
 * @param threshold as a multiple of sigma, at least 0
 */
public record SlidingDct(double threshold) implements GaussianDenoiser {
    private static final int PATCH = 8;
    private static final int COEFFICIENTS = PATCH * PATCH;
    private static final int HALO = PATCH - 1;
    private static final long BAND = 1 << 16; // pixels at once: each has 64 coefficients in each channel
    private static final double LEAST = 1e-4; // of a noise that is worth the work, 0.01 of an 8-bit level

    /** What suits photographs. */
    public static final SlidingDct USUAL = new SlidingDct(2.7);

    public SlidingDct {
        if (!(threshold >= 0)) throw new IllegalArgumentException("threshold must be at least 0: " + threshold);
    }

    @Override
    public Tensor denoise(Tensor noisy, double sigma) {
        if (sigma < LEAST) return noisy;
        return Scope.tidy(() -> {
            Tensor turned = colours(noisy, false); // (N, C, H, W)
            Tensor first = banded(turned, turned, sigma, this::hard); // (N, C, H, W)
            return colours(banded(turned, first, sigma, SlidingDct::wiener), true); // (N, C, H, W)
        });
    }

    /** What stays of coefficients (N C, 64, h, w), and its weight (N C, 1, h, w). */
    private interface Shrinkage {
        Tensor[] of(Tensor noisy, Tensor pilot, double sigma);
    }

    private Tensor[] hard(Tensor noisy, Tensor pilot, double sigma) {
        Tensor kept = noisy.abs().gt(new Scalar(threshold * sigma)).to(ScalarType.Float);
        kept.narrow(1, 0, 1).fill_(new Scalar(1.0)); // the mean of a patch is no noise
        return new Tensor[] {noisy.mul(kept), kept.sum(1).unsqueeze(1).reciprocal()};
    }

    private static Tensor[] wiener(Tensor noisy, Tensor pilot, double sigma) {
        Tensor power = pilot.square();
        Tensor gain = power.div(power.add(new Scalar(sigma * sigma)));
        Tensor weight = gain.square().sum(1).unsqueeze(1).clamp_min(new Scalar(1e-3));
        return new Tensor[] {noisy.mul(gain), weight.reciprocal()};
    }

    /** In bands of rows, so that memory is bounded. */
    private static Tensor banded(Tensor noisy, Tensor pilot, double sigma, Shrinkage shrinkage) {
        long height = noisy.size(2), width = noisy.size(3);
        long rows = Math.max(PATCH, BAND / (width + 2 * HALO));
        Tensor x = Border.pad(noisy, HALO), guide = pilot == noisy ? x : Border.pad(pilot, HALO);
        Tensor basis = basis();
        Tensor[] bands = new Tensor[(int) ((height + rows - 1) / rows)];
        for (int i = 0; i < bands.length; i++) {
            long top = i * rows, count = Math.min(rows, height - top);
            bands[i] = Scope.tidy(() -> {
                Tensor part = x.narrow(2, top, count + 2 * HALO);
                Tensor pilotPart = guide == x ? part : guide.narrow(2, top, count + 2 * HALO);
                return patches(part, pilotPart, sigma, basis, shrinkage).narrow(2, HALO, count);
            });
        }
        return Tensors.cat(2, bands).narrow(3, HALO, width);
    }

    /** Of (N, C, h, w): every patch within it shrunk, and their weighted mean. */
    private static Tensor patches(Tensor x, Tensor pilot, double sigma, Tensor basis, Shrinkage shrinkage) {
        Tensor noisy = torch.conv2d(planes(x), basis); // (N C, 64, h - 7, w - 7)
        Tensor guide = pilot == x ? noisy : torch.conv2d(planes(pilot), basis);
        Tensor[] kept = shrinkage.of(noisy, guide, sigma);
        Tensor sum = torch.conv_transpose2d(kept[0].mul(kept[1]), basis); // (N C, 1, h, w)
        Tensor weight = torch.conv_transpose2d(kept[1], torch.ones(1, 1, PATCH, PATCH)); // (N C, 1, h, w)
        return sum.div(weight).reshape(Tensors.shape(x)); // (N, C, h, w)
    }

    private static Tensor planes(Tensor x) {
        return x.reshape(x.size(0) * x.size(1), 1, x.size(2), x.size(3));
    }

    /** The orthonormal cosine transform of a patch: (64, 1, 8, 8). */
    private static Tensor basis() {
        double[][] one = cosines(PATCH);
        float[] values = new float[COEFFICIENTS * COEFFICIENTS];
        for (int i = 0; i < values.length; i++) {
            int frequency = i / COEFFICIENTS, place = i % COEFFICIENTS;
            values[i] = (float) (one[frequency / PATCH][place / PATCH] * one[frequency % PATCH][place % PATCH]);
        }
        return Tensors.of(values, COEFFICIENTS, 1, PATCH, PATCH);
    }

    private static double[][] cosines(int length) {
        double[][] matrix = new double[length][length];
        for (int u = 0; u < length; u++)
            for (int x = 0; x < length; x++)
                matrix[u][x] =
                        Math.sqrt((u == 0 ? 1.0 : 2.0) / length) * Math.cos((2 * x + 1) * u * Math.PI / (2 * length));
        return matrix;
    }

    /** The cosine transform over the channels of (N, C, H, W), or back. */
    private static Tensor colours(Tensor x, boolean back) {
        long channels = x.size(1);
        if (channels == 1) return x;
        Tensor matrix = Tensors.of(Axis.flat(cosines((int) channels)), channels, channels);
        Tensor flat = x.reshape(x.size(0), channels, -1); // (N, C, H W)
        return (back ? matrix.t() : matrix).matmul(flat).reshape(Tensors.shape(x));
    }
}
