package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.data.Batch;
import dev.calotype.data.Sample;
import dev.calotype.model.Condition;
import dev.calotype.model.DcganDiscriminator;
import dev.calotype.model.DcganGenerator;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.nn.Activation;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.DifferentiableAugmentation;
import dev.calotype.train.PathLength;
import dev.calotype.train.SlopePenalty;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * One training step of DCGAN as published: an update of the discriminator, one of the generator, an average of its weights.
 *
 * <p>The outputs are the losses and gradient norms of three steps of a single worker, whose random vectors the peers are
 * given. What is measured has as many workers as a training has, each of which normalises by its share of the batch.
 */
final class GanWork implements Work {
    private static final int COMPARED_STEPS = 3, LATENT = 100;
    private static final double RATE = 2e-4, BETA1 = 0.5, BETA2 = 0.999, EMA = 0.995;

    private final Description description;
    private final BenchSettings settings;
    private final int size;
    private final Batch batch;
    private final Scope.Owned<List<GeneratorNetwork>> generators;
    private final Scope.Owned<List<DiscriminatorNetwork>> discriminators;
    private final AdversarialStep step;

    GanWork(BenchSettings settings, int count) {
        this.settings = settings;
        size = settings.size(64);
        int workers = settings.workers(count);
        description = new Description(
                "step",
                BenchNetwork.settings(count, size, settings.channels()),
                settings.precision().name().toLowerCase(Locale.ROOT),
                BenchSettings.threads(workers),
                1e-3);
        batch = batch(count);
        generators = Scope.own(() -> Collections.nCopies(workers, 0).stream()
                .map(i -> (GeneratorNetwork) generator())
                .toList());
        discriminators = Scope.own(() -> Collections.nCopies(workers, 0).stream()
                .map(i -> (DiscriminatorNetwork) discriminator())
                .toList());
        step = step(generators.value(), discriminators.value(), settings.precision());
    }

    private Batch batch(int count) {
        Rng rng = Rng.of(3);
        byte[] pixels = new byte[count * BenchNetwork.IMAGE_CHANNELS * size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        int[] labels = new int[count];
        Arrays.fill(labels, Sample.UNLABELLED);
        return Batch.ofPixels(pixels, labels, BenchNetwork.IMAGE_CHANNELS, size);
    }

    private DcganGenerator.Ports ports() {
        return new DcganGenerator.Ports(BenchNetwork.IMAGE_CHANNELS, size, 0);
    }

    private DcganGenerator generator() {
        return new DcganGenerator(
                new DcganGenerator.Config(LATENT, settings.channels(), Activation.RELU), ports(), Rng.of(1));
    }

    private DcganDiscriminator discriminator() {
        var config = new DcganDiscriminator.Config(settings.channels(), Activation.LEAKY_RELU, Normalization.BATCH);
        return new DcganDiscriminator(config, ports(), Rng.of(2));
    }

    private static AdversarialStep step(
            List<? extends GeneratorNetwork> generators,
            List<? extends DiscriminatorNetwork> discriminators,
            Precision precision) {
        return new AdversarialStep(
                new AdversarialStep.Players(generators, discriminators),
                precision,
                new AdversarialStep.Rules(
                        AdversarialLoss.NON_SATURATING,
                        0,
                        SlopePenalty.NONE,
                        PathLength.Options.NONE,
                        DifferentiableAugmentation.NONE),
                new AdversarialStep.Options(BETA1, BETA2, 1, 1, List.of(EMA)),
                i -> RATE,
                Rng.of(4));
    }

    /** Notes which random vectors a generator is given. */
    private static final class Noted extends GeneratorNetwork {
        private final GeneratorNetwork inner;
        private final List<Tensor> given = new ArrayList<>();

        Noted(GeneratorNetwork inner) {
            super("Noted");
            this.inner = register_module("inner", inner);
        }

        @Override
        public int latent() {
            return inner.latent();
        }

        @Override
        public Tensor forward(Tensor z, Condition condition) {
            given.add(Scope.keep(z::clone));
            return inner.forward(z, condition);
        }
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        float[][] outputs = new float[4][COMPARED_STEPS];
        try (PointerScope scope = new PointerScope()) {
            Noted g = new Noted(generator());
            DcganDiscriminator d = discriminator();
            Map<String, Tensor> weights = new HashMap<>();
            Weights.of(g.inner).forEach((name, weight) -> weights.put("generator." + name, weight));
            Weights.of(d).forEach((name, weight) -> weights.put("discriminator." + name, weight));
            SafeTensors.write(folder.resolve("weights.safetensors"), weights, Map.of());
            try (AdversarialStep compared = step(List.of(g), List.of(d), settings.precision())) {
                for (int i = 0; i < COMPARED_STEPS; i++) {
                    StepReport report = run(compared, batch);
                    outputs[0][i] = (float) report.loss();
                    outputs[1][i] = (float) report.gradientNorm();
                    outputs[2][i] = (float) report.duel().generatorLoss();
                    outputs[3][i] = (float) report.duel().generatorNorm();
                }
            }
            Map<String, Tensor> inputs = new HashMap<>(Map.of("images", batch.images()));
            for (int i = 0; i < g.given.size(); i++) inputs.put("z" + i, g.given.get(i));
            SafeTensors.write(folder.resolve("inputs.safetensors"), inputs, Map.of());
            g.given.forEach(Tensor::close);
        }
        return Map.of(
                "losses", outputs[0],
                "gradient_norms", outputs[1],
                "generator_losses", outputs[2],
                "generator_norms", outputs[3]);
    }

    private static StepReport run(AdversarialStep step, Batch batch) {
        StepReport[] report = new StepReport[1];
        Scope.run(() -> report[0] = step.run(batch));
        return report[0];
    }

    @Override
    public void iterate() {
        run(step, batch);
    }

    @Override
    public void close() {
        step.close();
        discriminators.close();
        generators.close();
    }
}
