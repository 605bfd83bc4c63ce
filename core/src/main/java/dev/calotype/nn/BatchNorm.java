package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Tensor;

/** Batch normalisation (Ioffe &amp; Szegedy 2015) by the statistics of the batch itself; no running ones are kept. */
public final class BatchNorm {
    static final double EPSILON = 1e-5;

    private BatchNorm() {}

    /** The affine parameters of a normalisation of {@code channels} channels. */
    public static BatchNorm2dImpl of(long channels) {
        BatchNormOptions options = new BatchNormOptions(channels);
        options.track_running_stats().put(false);
        return new BatchNorm2dImpl(options);
    }

    /** Normalises {@code x}, (N, C, H, W) of more than one value per channel. */
    public static Tensor apply(BatchNorm2dImpl norm, Tensor x) {
        return Kernels.batchNorm(x, norm.weight(), norm.bias(), EPSILON); // (N, C, H, W)
    }
}
