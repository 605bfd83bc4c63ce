package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Shows a discriminator how much the images of a batch differ, so that it sees a generator that repeats itself (Karras
 * et al. 2018, arXiv:1710.10196, section 3).
 */
public final class MinibatchDeviation {
    private static final double EPSILON = 1e-8;

    private MinibatchDeviation() {}

    /**
     * The features with one channel more, which is constant in each image: the standard deviation within the image's
     * group, averaged over channels and pixels.
     *
     * @param x (N, C, H, W)
     * @param group the largest size of a group; groups are as large as the batch divides into
     * @return (N, C + 1, H, W)
     */
    public static Tensor append(Tensor x, int group) {
        if (group < 1) throw new IllegalArgumentException("group must be at least 1: " + group);
        return Scope.tidy(() -> {
            long size = groupSize(x.size(0), group), groups = x.size(0) / size;
            Tensor grouped = x.to(ScalarType.Float).reshape(size, groups, -1); // (G, N/G, C H W)
            Tensor centred = grouped.sub(grouped.mean(0)); // (G, N/G, C H W)
            Tensor variance = centred.square().mean(0); // (N/G, C H W)
            Tensor deviation = variance.add(new Scalar(EPSILON)).sqrt().mean(1); // (N/G)
            Tensor each = deviation.repeat(size).to(Tensors.dtype(x)).reshape(-1, 1, 1, 1); // (N, 1, 1, 1)
            return Tensors.cat(1, x, each.expand(x.size(0), 1, x.size(2), x.size(3))); // (N, C + 1, H, W)
        });
    }

    private static long groupSize(long images, int group) {
        long size = Math.min(images, group);
        while (images % size != 0) size--;
        return size;
    }
}
