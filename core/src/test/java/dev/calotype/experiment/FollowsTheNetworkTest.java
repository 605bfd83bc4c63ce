package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Meta;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.diffusion.LossTerms;
import dev.calotype.experiment.SamplingSettings.Method;
import dev.calotype.model.AttributeNet;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.GradientStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

    private static DiffusionExperiment experiment(String... overrides) {
        return Tiny.experiment(overrides);
    }

    private static UNet meta(DiffusionExperiment experiment) {
        return Meta.move(new UNet(experiment.network(), experiment.ports(), Rng.of(1)));
    }

    private static void assertMeta(Tensor x) {
        assertThat(Device.of(x)).isEqualTo(Meta.DEVICE);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void everySampler(Method method) {
        DiffusionExperiment experiment = experiment("process.steps=10", "process.variance=learned-range");
        var request = new DiffusionModel.Request(new SamplingSettings(method, 4, 0.5, 1), 7, DiffusionModel.ANY);
        Scope.run(() -> assertMeta(new DiffusionModel(experiment, meta(experiment)).sample(request, 0, 2)));
    }

    @Test
    void guidanceAndInterpolation() {
        DiffusionExperiment experiment = experiment("condition.by=label").withClasses(List.of("a", "b"));
        var request = new DiffusionModel.Request(new SamplingSettings(Method.DDIM, 3, 0, 2), 7, 1);
        Scope.run(() -> {
            DiffusionModel model = new DiffusionModel(experiment, meta(experiment));
            assertMeta(model.sample(request, 0, 2));
            assertMeta(model.interpolated(request, model.noise(1, 0), Rng.rows(Rng.of(1))));
        });
    }

    @Test
    void theLossAndItsGradient() {
        DiffusionExperiment experiment = experiment();
        Scope.run(() -> {
            UNet network = meta(experiment);
            Tensor clean = batch(data.toString(), 8, 4).images(Device.of(network)); // (4, 3, 8, 8)
            LossTerms terms = experiment.process()
                    .diffusionLoss()
                    .terms(
                            (x, t) -> network.forward(x, t, Condition.NONE),
                            clean,
                            Rng.of(1).normalLike(clean),
                            new int[] {0, 1, 2, 0});
            assertMeta(terms.total());
            terms.total().mean().backward();
            assertMeta(Tensors.parameters(network).get("out.2.weight").grad());
        });
    }

    @Test
    void theJudgesLoss() {
        var experiment = (JudgeExperiment) Recipe.parse("kind: judge", List.of("training.steps=1"));
        Scope.run(() -> {
            JudgeTask task = new JudgeTask(experiment, Rooms.train(AttributeNet.SIZE));
            AttributeNet network = Meta.move(task.network(Rng.of(1)));
            BatchLoss loss = task.objective().loss(network, batch("rooms:train", AttributeNet.SIZE, 2), Rng.of(2));
            assertMeta(loss.value());
        });
    }

    private static Batch batch(String source, int size, int count) {
        DataSettings settings = experiment("data.size=" + size).data();
        try (ImageDataset pictures = DataSets.open(source, size, 3);
                Batches batches = new Batches(pictures, settings.preparation(), Batches.Plan.of(count, 1))) {
            return batches.next();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allThatTheOptimizerHolds(Precision precision) {
        DiffusionExperiment experiment = experiment();
        Scope.run(() -> {
            UNet network = meta(experiment);
            try (var step = new GradientStep<UNet>(
                    (n, batch, rng) -> null,
                    List.of(network),
                    precision,
                    experiment.training().options(),
                    i -> 0,
                    Rng.of(1))) {
                step.state().values().forEach(FollowsTheNetworkTest::assertMeta);
                Tensors.parameters(network).values().forEach(FollowsTheNetworkTest::assertMeta);
            }
        });
    }

    @Test
    void aNetworkThatOnlyInfers() {
        DiffusionExperiment experiment = experiment();
        Scope.run(() -> {
            UNet network = Inference.prepare(meta(experiment), Precision.FP32);
            Tensors.parameters(network).values().forEach(FollowsTheNetworkTest::assertMeta);
        });
    }
}
