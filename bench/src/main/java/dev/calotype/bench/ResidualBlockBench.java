package dev.calotype.bench;

import dev.calotype.nn.Dropout;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** The residual block of 64 channels at 32 x 32, 32 feature maps, embeddings of 256. */
public class ResidualBlockBench extends LayerBench {
    private static final int CHANNELS = 64;
    private static final int EMBEDDING = 256;

    private ResidualBlock layer;
    private Tensor x;
    private Tensor embedding;

    /** Makes layer, feature maps and embeddings. */
    @Setup(Level.Trial)
    public void make() {
        var config = new ResidualBlock.Config(CHANNELS, CHANNELS, EMBEDDING, Conditioning.SCALE_SHIFT, Resample.NONE);
        layer = layer(() -> new ResidualBlock(config, new Dropout(0)));
        x = leaf(BATCH, CHANNELS, 32, 32);
        embedding = leaf(BATCH, EMBEDDING);
    }

    /** Forward and backward. */
    @Benchmark
    public void train() {
        train(layer, x, embedding);
    }

    /** Forward, without gradients. */
    @Benchmark
    public void infer() {
        infer(layer, x, embedding);
    }
}
