package dev.calotype.app.bench;

import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
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
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective;
import dev.calotype.train.DiffusionObjective.Subject;
import dev.calotype.train.GradientStep;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

    /** What is learned. */
    enum Content {
        /** Pictures of 3 channels, by the plain U-Net of the peers. */
        PICTURES(BenchNetwork.IMAGE_CHANNELS, Batch::images) {
            @Override
            void write(Path folder, UNet network, int size) throws IOException {
                try (PointerScope scope = new PointerScope()) {
                    SafeTensors.write(folder.resolve("weights.safetensors"), Weights.of(network), Map.of());
                }
            }
        },
        /** Latents of 4 channels, as an autoencoder left them in the memory, by diffusers' U-Net. */
        LATENTS(4, Subject.column(Columns.LATENT)) {
            @Override
            void write(Path folder, UNet network, int size) throws IOException {
                DiffusersUNet.write(folder.resolve("unet"), network, size);
            }
        };

        private final int channels;
        private final Subject subject;

        Content(int channels, Subject subject) {
            this.channels = channels;
            this.subject = subject;
        }

        /** Writes the weights as the peers read them. */
        abstract void write(Path folder, UNet network, int size) throws IOException;
    }

    private final Content content;
    private final Description description;
    private final GaussianDiffusion process =
            new GaussianDiffusion(NoiseSchedule.linear(STEPS), Parameterization.EPSILON, Variance.FIXED_LARGE);
    private final DiffusionLoss loss = new DiffusionLoss(process, Loss.SIMPLE);
    private final DiffusionObjective drawing;
    private final int batch;
    private final int size;
    private final Columns samples;
    private final int[] times;
    private final Tensor noise;
    private final Scope.Owned<List<DiffusionNetwork>> replicas;
    private final GradientStep<DiffusionNetwork> step;
    private final Batch measured;

    TrainWork(BenchSettings settings, Content content, int batch) {
        this.content = content;
        this.batch = batch;
        drawing = new DiffusionObjective(
                loss,
                TimestepSampler.uniform(STEPS),
                new DiffusionObjective.Way(content.subject, Conditioning.none(), Optional.empty()));
        size = settings.size(32);
        int workers = settings.workers(batch);
        description = new Description(
                "step",
                BenchNetwork.settings(batch, size, settings.channels()),
                settings.precision().name().toLowerCase(Locale.ROOT),
                BenchSettings.threads(workers),
                1e-3);
        Rng rng = Rng.of(3);
        samples = samples(rng);
        times = rng.ints(COMPARED_STEPS * batch, 0, STEPS);
        noise = Scope.keep(() -> rng.normal((long) COMPARED_STEPS * batch, content.channels, size, size));
        int[] unlabelled = new int[batch];
        Arrays.fill(unlabelled, Sample.UNLABELLED);
        measured = batch(unlabelled);
        replicas = Scope.own(() -> networks(settings.channels(), content, workers));
        step = new GradientStep<>(
                this::loss,
                replicas.value(),
                settings.precision(),
                new GradientStep.Options(0, BETA2, CLIP, 1, List.of(EMA)),
                i -> RATE,
                Rng.of(4));
    }

    private Columns samples(Rng rng) {
        int values = batch * content.channels * size * size;
        List<Integer> shape = List.of(content.channels, size, size);
        if (content == Content.LATENTS) {
            float[] latents = Scope.read(() -> Tensors.floats(rng.normal(values)));
            return new Columns(Map.of(Columns.LATENT, new Column.Floats(latents, shape)));
        }
        byte[] pixels = new byte[values];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        return new Columns(Map.of(Columns.IMAGE, new Column.Bytes(pixels, shape)));
    }

    private static List<DiffusionNetwork> networks(int channels, Content content, int count) {
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < count; i++) networks.add(BenchNetwork.fresh(channels, content.channels));
        return networks;
    }

    private Batch batch(int[] labels) {
        return new Batch(samples.with(Columns.LABEL, new Column.Numbers(labels)));
    }

    private BatchLoss loss(DiffusionNetwork network, Batch part, Rng rng) {
        int first = part.labels()[0];
        if (first == Sample.UNLABELLED) return drawing.loss(network, part, rng);
        int[] t = Arrays.copyOfRange(times, first, first + part.count());
        Tensor eps = noise.narrow(0, first, part.count()); // (N, C, H, W)
        return BatchLoss.of(loss.terms(
                        (x, time) -> network.forward(x, time, Condition.NONE),
                        content.subject.of(part, Device.CPU),
                        eps,
                        t)
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
        int channels = Integer.parseInt(description.settings().get("channels"));
        try (PointerScope scope = new PointerScope();
                Scope.Owned<UNet> fresh = Scope.own(() -> BenchNetwork.fresh(channels, content.channels))) {
            Map<String, Tensor> inputs = Map.of(
                    "images", content.subject.of(measured, Device.CPU),
                    "noise", noise,
                    "times", Tensors.of(times),
                    "signal", Tensors.of(signal, STEPS));
            SafeTensors.write(folder.resolve("inputs.safetensors"), inputs, Map.of());
            content.write(folder, fresh.value(), size);
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
