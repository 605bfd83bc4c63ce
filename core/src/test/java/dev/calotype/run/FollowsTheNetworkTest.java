package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Meta;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.diffusion.LossTerms;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches, noise, tables and optimizers go where the network is: seen on a device that mixes with no other. */
class FollowsTheNetworkTest {
    @TempDir
    private static Path data;

    @BeforeAll
    static void pictures() {
        Tiny.pictures(data);
    }

    /** Scales an image by a function of the time: that the device of the test can do. */
    private static final class Scaling extends DiffusionNetwork {
        private final LinearImpl scale = register_module("scale", new LinearImpl(8, 1));
        private final int copies;

        /** @param copies how often the answer is given: twice if the second half is a variance */
        Scaling(int copies) {
            super("Scaling");
            this.copies = copies;
        }

        @Override
        public Tensor forward(Tensor x, Tensor times, Condition condition) {
            Tensor factor = scale.forward(Embeddings.sinusoidal(times, 8)).reshape(-1, 1, 1, 1); // (N, 1, 1, 1)
            Tensor y = x.mul(factor); // (N, C, H, W)
            return copies == 1 ? y : Tensors.cat(1, y, y); // (N, copies C, H, W)
        }

        @Override
        public void reseed(long seed) {}

        @Override
        public void recompute(Policy policy) {}
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, mode = EnumSource.Mode.EXCLUDE, names = "PLMS") // it has no time steps of its own
    void everySampler(Method method) {
        DiffusionExperiment experiment = Tiny.experiment("process.steps=10", "process.variance=learned-range");
        var request = new Request(new SamplingSettings(method, 4, 0.5, 1), 7, Request.ANY);
        Scope.run(() -> {
            DiffusionModel model = new DiffusionModel(experiment, Meta.move(new Scaling(2)));
            Meta.check(model.sample(request, 0, 2), 2, 3, 8, 8);
        });
    }

    @Test
    void guidanceAndInterpolation() {
        DiffusionExperiment experiment = Tiny.experiment("condition.by=label", "process.variance=learned-range")
                .withClasses(List.of("a", "b"));
        var request = new Request(new SamplingSettings(Method.DDIM, 3, 0, 2), 7, 1);
        Scope.run(() -> {
            DiffusionModel model = new DiffusionModel(experiment, Meta.move(new Scaling(2)));
            Meta.check(model.sample(request, 0, 2), 2, 3, 8, 8);
            Rng path = Rng.rows(Rng.of(1));
            Meta.check(model.interpolated(request, model.noise(1, 0), path, Drawing.Watcher.NOBODY), 1, 3, 8, 8);
        });
    }

    @Test
    void theLossAndItsGradient() {
        DiffusionExperiment experiment = Tiny.experiment("process.variance=learned-range", "process.loss=hybrid");
        Scope.run(() -> {
            Scaling network = Meta.move(new Scaling(2));
            Tensor clean = batch(experiment).images(Device.of(network)); // (4, 3, 8, 8)
            LossTerms terms = experiment
                    .process()
                    .diffusionLoss()
                    .terms(
                            (x, t) -> network.forward(x, t, Condition.NONE),
                            clean,
                            Rng.of(1).normalLike(clean),
                            new int[] {1, 2, 2, 1});
            Meta.check(terms.total(), 4);
            terms.total().mean().backward();
            Meta.check(network.scale.weight().grad(), 1, 8);
        });
    }

    private static Batch batch(DiffusionExperiment experiment) {
        try (ImageDataset pictures = DataSets.open(data.toString(), 8, 3);
                Batches batches = new Batches(pictures, experiment.data().preparation(), Batches.Plan.of(4, 1))) {
            return batches.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allThatTheOptimizerHolds(Precision precision) {
        DiffusionExperiment experiment = Tiny.experiment();
        Scope.run(() -> {
            UNet network = Meta.move(new UNet(experiment.network(), experiment.ports(), Rng.of(1)));
            try (var step = new GradientStep<UNet>(
                    (n, batch, rng) -> null,
                    List.of(network),
                    precision,
                    experiment.training().options(),
                    i -> 0,
                    Rng.of(1))) {
                step.state()
                        .forEach((name, tensor) ->
                                assertThat(Device.of(tensor)).as(name).isEqualTo(Meta.DEVICE));
                Tensors.parameters(network)
                        .forEach((name, weight) ->
                                assertThat(Device.of(weight)).as(name).isEqualTo(Meta.DEVICE));
            }
        });
    }
}
