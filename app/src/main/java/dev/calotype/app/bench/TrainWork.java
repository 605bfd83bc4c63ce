package dev.calotype.app.bench;

import dev.calotype.data.Batch;
import dev.calotype.data.Sample;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective;
import dev.calotype.train.GradientStep;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * One training step of a diffusion model: noise, forward, backward, clipping, AdamW, one average of the weights.
 *
 * <p>The outputs are losses and gradient norms of three steps whose noise the peers are given. A batch of those has
 * labels, which say what rows of that noise are its own; the batch that is measured has none and draws its noise.
 */
final class TrainWork implements Work {
    static final int COMPARED_STEPS = 3;
    static final double RATE = 1e-4, BETA2 = 0.999, CLIP = 1, EMA = 0.9999;
    static final int STEPS = 1000;

    private final Description description;
    private final GaussianDiffusion process =
            new GaussianDiffusion(NoiseSchedule.linear(STEPS), Parameterization.EPSILON, Variance.FIXED_LARGE);
    private final DiffusionLoss loss = new DiffusionLoss(process, Loss.SIMPLE);
    private final DiffusionObjective drawing =
            new DiffusionObjective(loss, TimestepSampler.uniform(STEPS), Conditioning.none());
    private final int batch;
    private final int size;
    private final byte[] pixels;
    private final int[] times;
    private final Tensor noise;
    private final Scope.Owned<List<DiffusionNetwork>> replicas;
    private final GradientStep<DiffusionNetwork> step;
    private final Batch measured;

    TrainWork(BenchSettings settings, int batch) {
        this.batch = batch;
        size = settings.size(32);
        int workers = settings.workers(batch);
        description = new Description(
                "step",
                BenchNetwork.settings(batch, size, settings.channels()),
                settings.precision().name().toLowerCase(Locale.ROOT),
                BenchSettings.threads(workers),
                1e-3);
        Rng rng = Rng.of(3);
        pixels = new byte[batch * BenchNetwork.IMAGE_CHANNELS * size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        times = rng.ints(COMPARED_STEPS * batch, 0, STEPS);
        noise = Scope.keep(() -> rng.normal((long) COMPARED_STEPS * batch, BenchNetwork.IMAGE_CHANNELS, size, size));
        int[] unlabelled = new int[batch];
        Arrays.fill(unlabelled, Sample.UNLABELLED);
        measured = batch(unlabelled);
        replicas = Scope.own(() -> networks(settings.channels(), workers));
        step = new GradientStep<>(
                this::loss,
                replicas.value(),
                settings.precision(),
                new GradientStep.Options(0, BETA2, CLIP, 1, List.of(EMA)),
                i -> RATE,
                Rng.of(4));
    }

    private static List<DiffusionNetwork> networks(int channels, int count) {
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < count; i++) networks.add(BenchNetwork.fresh(channels));
        return networks;
    }

    private Batch batch(int[] labels) {
        return Batch.ofPixels(pixels, labels, BenchNetwork.IMAGE_CHANNELS, size);
    }

    private BatchLoss loss(DiffusionNetwork network, Batch part, Rng rng) {
        int first = part.labels()[0];
        if (first == Sample.UNLABELLED) return drawing.loss(network, part, rng);
        int[] t = Arrays.copyOfRange(times, first, first + part.count());
        Tensor eps = noise.narrow(0, first, part.count()); // (N, C, H, W)
        return BatchLoss.of(loss.terms((x, time) -> network.forward(x, time, Condition.NONE), part.images(), eps, t)
                .total()
                .mean());
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        float[] signal = new float[STEPS];
        for (int t = 0; t < STEPS; t++)
            signal[t] = (float) process.schedule().level(t).signal();
        try (PointerScope scope = new PointerScope();
                Scope.Owned<UNet> fresh = Scope.own(() -> BenchNetwork.fresh(
                        Integer.parseInt(description.settings().get("channels"))))) {
            Map<String, Tensor> inputs = Map.of(
                    "images", measured.images(),
                    "noise", noise,
                    "times", Tensors.of(times),
                    "signal", Tensors.of(signal, STEPS));
            BenchNetwork.write(folder, fresh.value(), inputs);
        }
        float[] losses = new float[COMPARED_STEPS], norms = new float[COMPARED_STEPS];
        for (int i = 0; i < COMPARED_STEPS; i++) {
            int[] rows = new int[batch];
            for (int j = 0; j < batch; j++) rows[j] = i * batch + j;
            StepReport report = step.run(batch(rows));
            losses[i] = (float) report.loss();
            norms[i] = (float) report.gradientNorm();
        }
        return Map.of("losses", losses, "gradient_norms", norms);
    }

    @Override
    public void iterate() {
        step.run(measured);
    }

    @Override
    public void close() {
        step.close();
        replicas.close();
        noise.close();
    }
}
