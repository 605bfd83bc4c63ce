package dev.calotype.bench;

import dev.calotype.nn.Attention;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Self-attention of 128 channels and 4 heads, 32 feature maps. */
public class AttentionBench extends LayerBench {
    private static final int CHANNELS = 128;

    /** Height and width: 256 or 64 tokens. */
    @Param({"16", "8"})
    public int side;

    private Attention layer;
    private Tensor x;

    /** Makes layer and feature maps. */
    @Setup(Level.Trial)
    public void make() {
        layer = layer(() -> new Attention(CHANNELS, 4));
        x = leaf(BATCH, CHANNELS, side, side);
    }

    /** Forward and backward. */
    @Benchmark
    public void train() {
        train(layer, x, null);
    }

    /** Forward, without gradients. */
    @Benchmark
    public void infer() {
        infer(layer, x, null);
    }
}
