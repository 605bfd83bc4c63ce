package dev.calotype.adaptive;

import dev.calotype.checkpoint.Weights;
import dev.calotype.data.Batch;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.metric.Kid;
import dev.calotype.metric.Psnr;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.restore.AdaptivePrior;
import dev.calotype.restore.AdaptivePrior.Centre;
import dev.calotype.restore.AdaptivePrior.Sight;
import dev.calotype.restore.DecoderEstimates;
import dev.calotype.restore.Degradation;
import dev.calotype.restore.LinearOperator;
import dev.calotype.sampling.Ddim;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Makes an {@link AdaptiveTraining} on drawn rooms of 32 px: the same weights, pictures, noise and steps for both centres.
 *
 * @param degradation as in studies; what it draws of its operator at random is the same for all pictures
 * @param pictures trained on, at least 1; an estimate of each is fitted first
 * @param steps of each training, at least 25
 * @param seeds of weights, order and noise
 * @param heldOut pictures that are scored, at least 2
 */
public record AdaptiveTrainingRun(
        String degradation, int pictures, int steps, List<Long> seeds, FeatureNetwork features, int heldOut) {
    private static final int SIZE = 32, HELD_OUT = 64, AT_ONCE = 128;
    private static final int BATCH = 16, DRAWS = 4, SAMPLING_STEPS = 20, FIRST_MILESTONE = 25;
    private static final double EMA = 0.98, RATE = 0.001, WARMUP = 25;
    private static final DecoderEstimates ESTIMATES = new DecoderEstimates(16, 3, 300, 0.02);
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(1000);
    private static final GaussianDiffusion PROCESS =
            new GaussianDiffusion(SCHEDULE, Parameterization.VELOCITY, Variance.FIXED_SMALL);

    /** Scored by 64 pictures. */
    public AdaptiveTrainingRun(String degradation, int pictures, int steps, List<Long> seeds, FeatureNetwork features) {
        this(degradation, pictures, steps, seeds, features, HELD_OUT);
    }

    public AdaptiveTrainingRun {
        if (pictures < 1) throw new IllegalArgumentException("pictures must be at least 1: " + pictures);
        if (steps < FIRST_MILESTONE)
            throw new IllegalArgumentException("steps must be at least " + FIRST_MILESTONE + ": " + steps);
        if (heldOut < 2) throw new IllegalArgumentException("heldOut must be at least 2: " + heldOut);
        if (seeds.isEmpty()) throw new IllegalArgumentException("seeds must name at least one");
        seeds = List.copyOf(seeds);
    }

    /** Pictures and their estimates, (N, C, H, W) each. */
    private record Pairs(Tensor clean, Tensor estimates, double linear) {}

    /** Trains and measures. */
    public AdaptiveTraining run(Progress progress) {
        Degradation damage = Degradation.parse(degradation);
        LinearOperator operator = damage.operator(new LinearOperator.Size(SIZE, SIZE), Rng.of(0));
        List<AdaptiveTraining.Score> scores = new ArrayList<>();
        double[] facts = new double[3];
        Scope.run(() -> {
            Pairs known = pairs(damage, operator, Rooms.train(SIZE), pictures, progress);
            Pairs unknown = pairs(damage, operator, Rooms.test(SIZE), heldOut, progress);
            facts[0] = AdaptivePrior.deviation(known.clean, known.estimates);
            facts[1] = unknown.linear;
            facts[2] = psnr(unknown.clean, unknown.estimates);
            for (long seed : seeds)
                for (Centre centre : Centre.values()) {
                    double deviation = centre == Centre.ORIGIN ? 1 : facts[0];
                    AdaptivePrior prior = new AdaptivePrior(PROCESS, centre, deviation, Sight.SHOWN);
                    scores.addAll(new Arm(seed, prior, known, unknown).train(progress));
                }
        });
        return new AdaptiveTraining(
                damage.toString(), pictures, heldOut, Images.LEVELS * facts[0], facts[1], facts[2], scores);
    }

    private static Pairs pairs(Degradation damage, LinearOperator operator, Rooms rooms, int count, Progress progress) {
        List<Tensor> clean = new ArrayList<>(), estimates = new ArrayList<>(), linear = new ArrayList<>();
        for (int first = 0; first < count; first += AT_ONCE) {
            Tensor x = Tensors.cat(
                    0,
                    LongStream.range(first, Math.min(count, first + AT_ONCE))
                            .mapToObj(i -> Images.toTensor(rooms.read(i).image()))
                            .toArray(Tensor[]::new)); // (n, C, H, W)
            Rng rng = Rng.of(first);
            Tensor y = damage.observe(x, operator, rng.fork(0)).image(); // (n, C, H', W')
            estimates.add(Scope.tidy(() -> ESTIMATES.of(y, operator, rng.fork(1)))); // (n, C, H, W)
            linear.add(Scope.inference(() -> operator.invert(y, 0))); // (n, C, H, W)
            clean.add(x);
            progress.at("estimates", Math.min(count, first + AT_ONCE), count);
        }
        Tensor all = Tensors.cat(0, clean.toArray(Tensor[]::new)); // (N, C, H, W)
        return new Pairs(
                all,
                Tensors.cat(0, estimates.toArray(Tensor[]::new)),
                psnr(all, Tensors.cat(0, linear.toArray(Tensor[]::new))));
    }

    /** Mean over the pictures, of 8-bit values, in dB. */
    private static double psnr(Tensor clean, Tensor images) {
        return Scope.read(
                () -> Arrays.stream(Psnr.between(Images.toPixels(clean), Images.toPixels(Tensors.clip(images))))
                        .average()
                        .orElseThrow());
    }

    /** One training. */
    private final class Arm {
        private final long seed;
        private final AdaptivePrior prior;
        private final Pairs unknown;
        private final byte[] pixels;
        private final int channels;

        Arm(long seed, AdaptivePrior prior, Pairs known, Pairs unknown) {
            this.seed = seed;
            this.prior = prior;
            this.unknown = unknown;
            channels = 2 * (int) known.clean.size(1);
            pixels = Scope.read(() -> Tensors.bytes(Images.toPixels(Tensors.cat(1, known.clean, known.estimates))));
        }

        List<AdaptiveTraining.Score> train(Progress progress) {
            List<AdaptiveTraining.Score> scores = new ArrayList<>();
            try (Scope.Owned<UNet> network = Scope.own(this::network);
                    Scope.Owned<UNet> averaged = Scope.own(this::network);
                    GradientStep<?> step = new GradientStep<>(
                            prior,
                            List.of(network.value()),
                            Precision.FP32,
                            new GradientStep.Options(0, 0.99, 1, 1, List.of(EMA)),
                            s -> RATE * Math.min(1, s / WARMUP),
                            Rng.of(seed).fork(1))) {
                int milestone = FIRST_MILESTONE;
                for (int i = 1; i <= steps; i++) {
                    Batch batch = batch(Rng.of(seed).fork(2).fork(i));
                    Scope.run(() -> step.run(batch));
                    if (i == milestone || i == steps) {
                        Weights.load(averaged.value(), step.average(EMA));
                        scores.add(score(averaged.value(), i));
                        progress.at("seed " + seed + ", " + prior.centre(), i, steps);
                        milestone *= 2;
                    }
                }
            }
            return scores;
        }

        private UNet network() {
            UNet.Config config = new UNet.Config(
                    32,
                    List.of(1, 2, 2),
                    1,
                    List.of(),
                    0,
                    32,
                    ResidualBlock.Conditioning.SCALE_SHIFT,
                    UNet.Resampling.CONVOLUTION,
                    0,
                    1,
                    UNetVariant.IMPROVED_DDPM);
            return new UNet(
                    config,
                    new UNet.Ports(channels, channels / 2, 0),
                    Rng.of(seed).fork(0));
        }

        private Batch batch(Rng rng) {
            int each = channels * SIZE * SIZE;
            byte[] chosen = new byte[BATCH * each];
            int[] indices = rng.ints(BATCH, 0, pictures);
            for (int i = 0; i < BATCH; i++) System.arraycopy(pixels, indices[i] * each, chosen, i * each, each);
            return Batch.ofPixels(chosen, new int[BATCH], channels, SIZE);
        }

        private AdaptiveTraining.Score score(UNet network, int step) {
            double[] values = new double[4];
            Scope.run(() -> {
                List<Tensor> draws = new ArrayList<>();
                for (int i = 0; i < DRAWS; i++) {
                    Ddim sampler = new Ddim(SCHEDULE.respaced(SAMPLING_STEPS), 0);
                    draws.add(prior.sample(network, unknown.estimates, sampler, Rng.of(i)));
                    values[0] += psnr(unknown.clean, draws.get(i)) / DRAWS;
                }
                Tensor all = Tensors.stack(0, draws.toArray(Tensor[]::new)); // (draws, N, C, H, W)
                values[1] = psnr(unknown.clean, all.mean(0));
                double variance = all.var(0).mean().item_double();
                values[2] = Images.LEVELS * Math.sqrt(2 * variance);
                values[3] = Kid.unbiased(
                        features.features(Images.toPixels(unknown.clean)),
                        features.features(Images.toPixels(Tensors.cat(0, draws.toArray(Tensor[]::new)))));
            });
            return new AdaptiveTraining.Score(seed, prior.centre(), step, values[0], values[1], values[2], values[3]);
        }
    }
}
