package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The standard deviation of white Gaussian noise, from the noisy picture alone. */
public final class NoiseLevelEstimate {
    private static final int PATCH = 8;
    private static final int ENOUGH = 4 * PATCH; // of pixels each way for patches to be many
    private static final long MANY = 25_000; // patches: more of them cost time and change nothing
    private static final double NORMAL_QUARTILE = 0.6744897501960817;

    private NoiseLevelEstimate() {}

    /**
     * The level in a picture, by {@link #ofPatches} if it has at least 32 x 32 pixels, else by {@link #ofWavelets}.
     *
     * @param image (1, C, H, W) in [-1, 1]
     * @return in the same units, at least 0; 0 for a picture of one row or column
     */
    public static double of(Tensor image) {
        return Math.min(image.size(2), image.size(3)) >= ENOUGH ? ofPatches(image) : ofWavelets(image);
    }

    /**
     * The median absolute coefficient of the finest diagonal Haar wavelet over 0.6745 (Donoho &amp; Johnstone 1994). Fine
     * texture counts as noise.
     */
    public static double ofWavelets(Tensor image) {
        long height = image.size(2) / 2 * 2;
        long width = image.size(3) / 2 * 2;
        if (height == 0 || width == 0) return 0;
        return Scope.read(() -> {
            Tensor x = image.narrow(2, 0, height).narrow(3, 0, width);
            Tensor blocks = x.reshape(x.size(0), x.size(1), height / 2, 2, width / 2, 2); // (N, C, H/2, 2, W/2, 2)
            Tensor rows = blocks.select(3, 0).sub(blocks.select(3, 1)); // (N, C, H/2, W/2, 2)
            Tensor diagonal = Tensors.scale(0.5, rows.select(4, 0).sub(rows.select(4, 1))); // (N, C, H/2, W/2)
            return diagonal.abs().median().item_double() / NORMAL_QUARTILE;
        });
    }

    /**
     * From the principal components of patches (Chen, Zhu &amp; Heng, <em>An Efficient Statistical Method for Image Noise
     * Level Estimation</em>, ICCV 2015): pictures fill few of the 64 dimensions of an 8 x 8 patch, so that the smallest
     * variances are those of the noise, and the largest set of them whose mean is its median gives the level. Of a large picture
     * every third patch each way is taken, or every fifth ...: an odd one, so that the blocks of JPEG are met everywhere.
     */
    public static double ofPatches(Tensor image) {
        return Scope.read(() -> {
            double sum = 0;
            for (int c = 0; c < image.size(1); c++) sum += variance(eigenvalues(image.narrow(1, c, 1)));
            return Math.sqrt(sum / image.size(1));
        });
    }

    /** Of the covariance of all patches of one channel, ascending. */
    private static double[] eigenvalues(Tensor plane) {
        long stride = stride((plane.size(2) - PATCH + 1) * (plane.size(3) - PATCH + 1));
        long[] one = {1, 1}, size = {PATCH, PATCH}, strides = {stride, stride};
        Tensor patches =
                torch.im2col(plane, size, one, new long[] {0, 0}, strides).select(0, 0); // (64, patches)
        Tensor centred = patches.sub(patches.mean(1).unsqueeze(1));
        Tensor covariance = Tensors.scale(1.0 / patches.size(1), centred.matmul(centred.t()));
        return Tensors.doubles(
                torch.linalg_eigh(covariance.to(ScalarType.Double)).get0());
    }

    /** The largest odd one that leaves enough of so many patches. */
    private static long stride(long patches) {
        long stride = 1;
        while ((stride + 2) * (stride + 2) * MANY <= patches) stride += 2;
        return stride;
    }

    private static double variance(double[] ascending) {
        for (int count = ascending.length; count > 1; count--) {
            double mean = Arrays.stream(ascending, 0, count).average().orElseThrow();
            long below =
                    Arrays.stream(ascending, 0, count).filter(v -> v < mean).count();
            if (2 * below <= count) return Math.max(0, mean);
        }
        return Math.max(0, ascending[0]);
    }
}
