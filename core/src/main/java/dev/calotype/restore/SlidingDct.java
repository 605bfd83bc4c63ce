package dev.calotype.restore;

import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

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
    private static final int HALO = SlidingBlock.HALO;
    private static final int ROWS = 128, COLUMNS = 256; // of a block
    private static final int NARROW = 64; // columns where not everything is wanted
    private static final double LEAST = 1e-4; // of a noise that is worth the work, 0.01 of an 8-bit level

    /** What suits photographs. */
    public static final SlidingDct USUAL = new SlidingDct(2.7);

    public SlidingDct {
        if (!(threshold >= 0)) throw new IllegalArgumentException("threshold must be at least 0: " + threshold);
    }

    @Override
    public Tensor denoise(Tensor noisy, double sigma) {
        return denoise(noisy, sigma, Wanted.ALL);
    }

    /** Of patches that reach a hole alone. */
    @Override
    public Tensor inHoles(Tensor noisy, double sigma, Masking mask) {
        return denoise(noisy, sigma, new Wanted(mask.missing()));
    }

    private Tensor denoise(Tensor noisy, double sigma, Wanted wanted) {
        if (sigma < LEAST) return noisy;
        return Scope.tidy(() -> {
            Tensor turned = colours(noisy, false); // (N, C, H, W)
            float limit = (float) (threshold * sigma), variance = (float) (sigma * sigma);
            SlidingBlock.Planes seen = padded(turned);
            Wanted before = wanted.grown(HALO, (int) noisy.size(2), (int) noisy.size(3));
            Tensor first = blocks(turned, before, (place, answer) -> SlidingBlock.hard(seen, limit, place, answer));
            SlidingBlock.Planes pilot = padded(first);
            Tensor second = blocks(
                    turned, wanted, (place, answer) -> SlidingBlock.wiener(seen, pilot, variance, place, answer));
            return colours(second, true); // (N, C, H, W)
        });
    }

    private static SlidingBlock.Planes padded(Tensor x) {
        return new SlidingBlock.Planes(Tensors.floats(Border.pad(x, HALO)), (int) x.size(3) + 2 * HALO);
    }

    /** What is done to a block of one plane. */
    private interface Shrinkage {
        void of(SlidingBlock.Place place, SlidingBlock.Planes answer);
    }

    /** All blocks of all planes, by as many threads as the engine has; what is not wanted stays as it is. */
    private static Tensor blocks(Tensor x, Wanted wanted, Shrinkage shrinkage) {
        int planes = (int) (x.size(0) * x.size(1)), height = (int) x.size(2), width = (int) x.size(3);
        int broad = wanted.isAll() ? COLUMNS : NARROW;
        int down = (height + ROWS - 1) / ROWS, across = (width + broad - 1) / broad;
        SlidingBlock.Planes answer = new SlidingBlock.Planes(Tensors.floats(x), width);
        Engine.sideBySide(planes * down * across, block -> {
            int plane = block / (down * across);
            int top = block / across % down * ROWS, left = block % across * broad;
            int from = (plane * (height + 2 * HALO) + top) * (width + 2 * HALO) + left;
            int to = (plane * height + top) * width + left;
            int rows = Math.min(ROWS, height - top), columns = Math.min(broad, width - left);
            Span[] spans = wanted.spans(top * width + left, width, rows, columns);
            if (Arrays.stream(spans).allMatch(Span::isEmpty)) return;
            shrinkage.of(new SlidingBlock.Place(from, to, rows, columns, spans), answer);
        });
        return Tensors.as(Tensors.of(answer.values(), Tensors.shape(x)), x);
    }

    /** The value at {@code x} of the orthonormal cosine of frequency {@code u}. */
    static double cosine(int u, int x, int length) {
        return Math.sqrt((u == 0 ? 1.0 : 2.0) / length) * Math.cos((2 * x + 1) * u * Math.PI / (2 * length));
    }

    private static double[][] cosines(int length) {
        double[][] matrix = new double[length][length];
        for (int u = 0; u < length; u++) for (int x = 0; x < length; x++) matrix[u][x] = cosine(u, x, length);
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
