package dev.calotype.bench;

import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What a training step does before the network runs, for 32 colour pictures of 64 x 64. */
public class NoiseBench extends EngineBench {
    private static final long[] SHAPE = {32, 3, 64, 64};

    private final GaussianDiffusion diffusion =
            new GaussianDiffusion(NoiseSchedule.cosine(1000), Parameterization.EPSILON, Variance.FIXED_LARGE);
    private final int[] t = Rng.of(1).ints(32, 0, 1000);
    private final Rng stream = Rng.of(2);
    private Tensor clean;
    private Tensor eps;

    /** Draws pictures and noise. */
    @Setup(Level.Trial)
    public void make() {
        clean = Scope.keep(() -> Rng.of(3).normal(SHAPE));
        eps = Scope.keep(() -> Rng.of(4).normal(SHAPE));
    }

    /** Gaussian numbers of a batch. */
    @Benchmark
    public void normal() {
        Scope.read(() -> stream.normal(SHAPE));
    }

    /** Gaussian numbers of a batch, one stream for each picture. */
    @Benchmark
    public void normalOfImages() {
        Scope.read(() -> Rng.images(5, 0, 32).normal(SHAPE));
    }

    /** x_t of a batch. */
    @Benchmark
    public void diffuse() {
        Scope.read(() -> diffusion.diffuse(clean, eps, t));
    }

    /** A schedule of 1000 steps, and its 50 steps for sampling. */
    @Benchmark
    public NoiseSchedule schedule() {
        return NoiseSchedule.cosine(1000).respaced(50);
    }

    /** Frees pictures and noise. */
    @TearDown(Level.Trial)
    public void close() {
        clean.close();
        eps.close();
    }
}
