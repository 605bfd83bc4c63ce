package dev.calotype.bench;

import dev.calotype.nn.Downsample;
import dev.calotype.nn.Upsample;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** Between 32 x 32 and 16 x 16: 128 channels, 32 feature maps, convolutions included. */
public class ResampleBench extends LayerBench {
    private static final int CHANNELS = 128;

    private Downsample down;
    private Upsample up;
    private Tensor large;
    private Tensor small;

    /** Makes layers and feature maps. */
    @Setup(Level.Trial)
    public void make() {
        down = layer(() -> new Downsample(CHANNELS));
        up = layer(() -> new Upsample(CHANNELS));
        large = leaf(BATCH, CHANNELS, 32, 32);
        small = leaf(BATCH, CHANNELS, 16, 16);
    }

    /** Halving, forward and backward. */
    @Benchmark
    public void trainDown() {
        train(down, large, null);
    }

    /** Doubling, forward and backward. */
    @Benchmark
    public void trainUp() {
        train(up, small, null);
    }

    /** Halving, without gradients. */
    @Benchmark
    public void inferDown() {
        infer(down, large, null);
    }

    /** Doubling, without gradients. */
    @Benchmark
    public void inferUp() {
        infer(up, small, null);
    }
}
