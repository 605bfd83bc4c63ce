package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.model.Condition;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A GPU does what the processor does, within stated errors: relative ones in the Euclidean norm. Skipped where there is
 * no GPU; {@code bench/gpu.sh} runs it where there is one.
 */
@Tag("gpu")
class CudaTest {
    private static final double SAME_IN_FP32 = 1e-4;
    private static final double SAME_IN_BF16 = 3e-2;
    private static final String[] NETWORK = {
        "data.size=16",
        "network.multipliers=[1,2]",
        "network.attention=[2]",
        "network.dropout=0",
        "process.steps=20",
        "process.parameterization=velocity",
        "training.precision=fp32"
    };

    @TempDir
    private static Path data;

    private static Device gpu;

    @TempDir
    private Path runs;

    @BeforeAll
    static void findGpu() {
        gpu = Device.best();
        assumeTrue(gpu.isCuda(), "no CUDA device");
        Tiny.pictures(data);
    }

    private static DiffusionExperiment experiment(String... more) {
        List<String> overrides = new ArrayList<>(List.of(NETWORK));
        overrides.add("data.source=" + data);
        overrides.addAll(List.of(more));
        return Tiny.experiment(overrides.toArray(String[]::new));
    }

    private static UNet network(DiffusionExperiment experiment, Placement placement) {
        UNet network = Awake.network(new UNet(experiment.network(), experiment.ports(), Rng.of(1)), 2);
        return Inference.prepare(placement.device().move(network), placement.precision());
    }

    private static double allowed(Precision precision) {
        return precision == Precision.FP32 ? SAME_IN_FP32 : SAME_IN_BF16;
    }

    /** Against the processor in fp32 in both precisions. */
    @ParameterizedTest
    @EnumSource
    void aForwardPassAgrees(Precision precision) {
        Scope.run(() -> {
            DiffusionExperiment experiment = experiment();
            Tensor x = Rng.of(3).normal(4, 3, 16, 16);
            Tensor times = Rng.of(4).uniform(4).mul(new Scalar(1000.0));
            Tensor wanted = Scope.inference(() -> network(experiment, new Placement(Device.CPU, Precision.FP32))
                    .forward(x, times, Condition.NONE));
            Tensor found = Scope.inference(() -> network(experiment, new Placement(gpu, precision))
                    .forward(gpu.move(x), gpu.move(times), Condition.NONE));
            assertThat(Device.of(found)).isEqualTo(gpu);
            assertThat(Deviation.relative(found.cpu(), wanted)).isLessThan(allowed(precision));
        });
    }

    /** Loss, norm of the gradient and the gradient itself, which is the first moment after one step but for a factor. */
    @ParameterizedTest
    @CsvSource({"FP32, 0.0001, 0.001", "BF16, 0.01, 0.05"})
    void aTrainingStepAgrees(Precision precision, double loss, double gradient) {
        Scope.run(() -> {
            Map<String, Tensor> wanted = step(new Placement(Device.CPU, Precision.FP32));
            Map<String, Tensor> found = step(new Placement(gpu, precision));
            assertThat(Deviation.relative(found.get("loss"), wanted.get("loss")))
                    .isLessThan(loss);
            assertThat(Deviation.relative(found.get("gradient"), wanted.get("gradient")))
                    .isLessThan(gradient);
        });
    }

    private static Map<String, Tensor> step(Placement placement) {
        DiffusionExperiment experiment = experiment();
        try (ImageDataset pictures = DataSets.open(data.toString(), 16, 3);
                Batches batches = new Batches(pictures, experiment.data().preparation(), Batches.Plan.of(8, 1))) {
            DiffusionTask task = new DiffusionTask(experiment, Policy.NEVER, pictures, Path.of(""));
            var network = placement.device().move(Awake.network(task.network(Rng.of(1)), 2));
            var options = new GradientStep.Options(0, 0.99, 0, 1, List.of(0.9));
            try (var step = new GradientStep<>(
                    task.objective(), List.of(network), placement.precision(), options, i -> 1e-3, Rng.of(4))) {
                Batch batch = batches.next();
                StepReport report = step.run(batch);
                Map<String, Tensor> state = step.state();
                state.values().forEach(tensor -> assertThat(Device.of(tensor)).isEqualTo(placement.device()));
                Tensor[] moments = state.keySet().stream()
                        .filter(name -> name.startsWith("adam/first/"))
                        .map(name -> state.get(name).cpu().flatten())
                        .toArray(Tensor[]::new);
                return Map.of(
                        "loss", Tensors.of(report.loss(), report.gradientNorm()), "gradient", Tensors.cat(0, moments));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, mode = EnumSource.Mode.EXCLUDE, names = "PLMS") // it has no time steps of its own
    void aSeedDrawsTheSamePictures(Method method) {
        Scope.run(() -> {
            DiffusionExperiment experiment = experiment();
            var request = new Request(new SamplingSettings(method, 5, 0, 1), 7, Request.ANY);
            Tensor wanted = new DiffusionModel(
                            experiment, network(experiment, new Placement(Device.CPU, Precision.FP32)))
                    .sample(request, 0, 3);
            Tensor found = new DiffusionModel(experiment, network(experiment, new Placement(gpu, Precision.FP32)))
                    .sample(request, 0, 3);
            assertThat(Deviation.largest(found.cpu(), wanted)).isLessThan(1e-2); // a step of 8 bits is 8e-3
        });
    }

    @Test
    void likelihoodsAgree() throws Exception {
        DiffusionExperiment experiment = experiment();
        double[] bits = new double[2];
        Device[] devices = {Device.CPU, gpu};
        try (ImageDataset pictures = DataSets.open(data.toString(), 16, 3)) {
            for (int i = 0; i < 2; i++) {
                Device device = devices[i];
                int index = i;
                Scope.run(() -> {
                    var model =
                            new DiffusionModel(experiment, network(experiment, new Placement(device, Precision.FP32)));
                    bits[index] = LikelihoodBound.of(model, pictures, 4, 5, Progress.SILENT)
                            .bitsPerDim();
                });
            }
        }
        assertThat(bits[1] / bits[0]).isBetween(0.999, 1.001);
    }

    @Test
    void whatIsTrainedOnAGpuIsUsedAndResumedOnAProcessor() throws Exception {
        DiffusionExperiment experiment = experiment("training.device=" + gpu, "network.dropout=0.1");
        Training.Outcome done = Training.start(experiment, runs, TrainingObserver.SILENT);
        assertThat(done.finished()).isTrue();
        assertThat(Files.readString(done.run().statisticsFile())).contains("\"device\":\"" + gpu + "\"");
        var request = new Request(experiment.sampling(), 7, Request.ANY);
        Scope.run(() -> {
            Tensor wanted = drawn(done, gpu, request);
            Tensor found = drawn(done, Device.CPU, request);
            assertThat(Deviation.largest(found, wanted)).isLessThan(1e-2);
        });
        List<String> longer = List.of("training.device=cpu", "training.steps=15");
        Training.Outcome resumed = Training.resume(done.run(), longer, TrainingObserver.SILENT);
        assertThat(resumed.step()).isEqualTo(15);
    }

    private static Tensor drawn(Training.Outcome outcome, Device device, Request request) {
        Path root = outcome.run().root();
        try (TrainedDiffusion trained = TrainedDiffusion.open(root, new Placement(device, Precision.FP32))) {
            return trained.model().sample(request, 0, 2).cpu();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void picturesAreJudgedTheSame() throws Exception {
        try (FeatureNetwork here = FeatureNetworks.open("rooms", Device.CPU);
                FeatureNetwork there = FeatureNetworks.open("rooms", gpu)) {
            Scope.run(() -> {
                Tensor pixels =
                        Rng.of(1).uniform(8, 3, 40, 40).mul(new Scalar(255.0)).to(ScalarType.Byte);
                Tensor wanted = here.features(pixels);
                Tensor found = there.features(pixels);
                assertThat(Device.of(found)).isEqualTo(Device.CPU);
                assertThat(Deviation.relative(found, wanted)).isLessThan(SAME_IN_FP32);
                assertThat(Deviation.relative(there.features(gpu.move(pixels)), wanted))
                        .isLessThan(SAME_IN_FP32);
            });
        }
    }
}
