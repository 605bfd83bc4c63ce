package dev.calotype.train;

import dev.calotype.Awake;
import dev.calotype.checkpoint.Digest;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.diffusion.Weighting;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Small things to train. */
final class Toys {
    static final GradientStep.Options PLAIN = new GradientStep.Options(0, 0.99, 0, 1, List.of(0.9));

    private Toys() {}

    /** Random pictures. */
    static Batch batch(long seed, int count, int size) {
        Rng rng = Rng.of(seed);
        byte[] pixels = new byte[count * 3 * size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextInt(256);
        return Batch.ofPixels(pixels, new int[count], 3, size);
    }

    /** The mean of (w x + b - 1)^2. */
    static BatchLoss squares(LinearImpl network, Batch batch, Rng rng) {
        Tensor error =
                network.forward(batch.images().reshape(batch.count(), -1)).sub(new Scalar(1.0)); // (N, 1)
        return BatchLoss.of(error.mul(error).mean());
    }

    /** A linear function of 12 numbers with known weights, and as many replicas as wanted. */
    static List<LinearImpl> linear(int replicas) {
        List<LinearImpl> networks = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            LinearImpl network = new LinearImpl(12, 1);
            dev.calotype.nn.Initialization.uniform(network, Rng.of(11));
            networks.add(network);
        }
        return networks;
    }

    static GradientStep<LinearImpl> linearStep(int replicas, GradientStep.Options options) {
        return new GradientStep<>(
                Toys::squares, linear(replicas), Precision.FP32, options, step -> 0.05 / step, Rng.of(1));
    }

    /** A diffusion step of small U-Nets with dropout for pictures of 8 pixels. */
    static GradientStep<DiffusionNetwork> diffusionStep(Precision precision, int replicas) {
        return diffusionStep(precision, replicas, Optimizer.ADAMW);
    }

    static GradientStep<DiffusionNetwork> diffusionStep(Precision precision, int replicas, Optimizer optimizer) {
        return diffusionStep(precision, replicas, options(optimizer));
    }

    static GradientStep.Options options(Optimizer optimizer) {
        return new GradientStep.Options(optimizer, 0.01, 0.99, 1, 1, Averaging.exponential(List.of(0.9, 0.99)));
    }

    static GradientStep<DiffusionNetwork> diffusionStep(
            Precision precision, int replicas, GradientStep.Options options) {
        return diffusionStep(precision, replicas, options, Ranks.ALONE);
    }

    static GradientStep<DiffusionNetwork> diffusionStep(
            Precision precision, int replicas, GradientStep.Options options, Ranks ranks) {
        var config = new UNet.Config(
                32,
                List.of(1),
                1,
                List.of(),
                1,
                0,
                Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0.2,
                1,
                UNetVariant.IMPROVED_DDPM);
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < replicas; i++)
            networks.add(Awake.network(new UNet(config, new UNet.Ports(3, 3, 0), Rng.of(2)), 3));
        var process = new GaussianDiffusion(NoiseSchedule.cosine(20), Parameterization.EPSILON, Variance.FIXED_SMALL);
        var loss = new DiffusionLoss(process, Loss.SIMPLE, Weighting.uniform());
        var objective =
                new DiffusionObjective(loss, TimestepSampler.uniform(20), dev.calotype.train.Conditioning.none());
        return new GradientStep<>(objective, networks, precision, options, step -> 1e-3, Rng.of(4), ranks);
    }

    /** Makes the steps {@code first} to {@code last} on batches that depend on the step. */
    static void train(GradientStep<?> step, int first, int last, int size) {
        for (int i = first; i <= last; i++) {
            Batch batch = batch(100 + i, 4, size);
            Scope.run(() -> step.run(batch));
        }
    }

    /** The fingerprint of all that the next steps depend on. */
    static String fingerprint(GradientStep<?> step) {
        return Scope.read(() -> Digest.of(step.state()));
    }
}
