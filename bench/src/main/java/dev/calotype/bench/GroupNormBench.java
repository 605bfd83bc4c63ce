package dev.calotype.bench;

import dev.calotype.nn.GroupNorm;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** Group norm of 32 feature maps of 64 channels, 32 x 32, with what follows it in a residual block. */
public class GroupNormBench extends LayerBench {
    private static final int CHANNELS = 64;

    private GroupNormImpl norm;
    private Tensor x;
    private Tensor scaleShift;

    /** Makes layer and feature maps. */
    @Setup(Level.Trial)
    public void make() {
        norm = layer(() -> GroupNorm.of(CHANNELS));
        x = leaf(BATCH, CHANNELS, 32, 32);
        scaleShift = leaf(BATCH, 2 * CHANNELS);
    }

    /** silu(norm(x)), without gradients. */
    @Benchmark
    public void normSilu() {
        infer(this::silu, x, null);
    }

    /** silu(norm(x)), forward and backward. */
    @Benchmark
    public void trainNormSilu() {
        train(this::silu, x, null);
    }

    /** silu(norm(x) (1 + s) + t), without gradients. */
    @Benchmark
    public void normScaleShiftSilu() {
        infer(this::scaleShiftSilu, x, null);
    }

    /** silu(norm(x) (1 + s) + t), forward and backward. */
    @Benchmark
    public void trainNormScaleShiftSilu() {
        train(this::scaleShiftSilu, x, null);
    }

    private Tensor silu(Tensor image, Tensor embedding) {
        return torch.silu(GroupNorm.apply(norm, image)); // (N, C, H, W)
    }

    private Tensor scaleShiftSilu(Tensor image, Tensor embedding) {
        return torch.silu(GroupNorm.apply(norm, image, scaleShift)); // (N, C, H, W)
    }
}
