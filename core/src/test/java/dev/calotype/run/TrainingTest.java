package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.AnyScript;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.io.Claim;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultLocale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class TrainingTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    private static Path data;

    @TempDir
    private Path runs;

    @BeforeAll
    static void pictures() {
        Tiny.pictures(data);
    }

    private static DiffusionExperiment experiment(String... overrides) {
        return Tiny.on(data, overrides);
    }

    /** Stops a training after so many steps of this sitting. */
    public static TrainingObserver stoppingAfter(int steps) {
        return new TrainingObserver() {
            private int made;

            @Override
            public void step(TrainingStatus status) {
                made++;
            }

            @Override
            public boolean stopRequested() {
                return made >= steps;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "training.precision=fp32",
                "training.precision=bf16",
                "training.workers=2 training.accumulate=2",
                "process.timesteps=loss-second-moment process.loss=vlb",
                "denoiser=transformer transformer.width=16 transformer.depth=2 transformer.heads=2 transformer.dropout=0.1"
            })
    void aResumedTrainingEndsWhereAStraightOneDoes(String overrides) throws IOException {
        DiffusionExperiment experiment = experiment(overrides.split(" "));
        Training.Outcome straight = Training.start(experiment, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment, runs, stoppingAfter(5));
        assertThat(stopped.finished()).isFalse();
        assertThat(stopped.step()).isEqualTo(5);
        assertThat(stopped.weightsHash()).isNotEqualTo(straight.weightsHash());
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.step()).isEqualTo(12);
        assertThat(resumed.finished()).isTrue();
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        assertThat(averageHash(resumed.run())).isEqualTo(averageHash(straight.run()));
    }

    @Test
    @Tag("slow")
    void aResumedTrainingOnRoomsEndsWhereAStraightOneDoes() throws IOException {
        aResumedTrainingEndsWhereAStraightOneDoes(
                "data.source=rooms data.size=32 network.multipliers=[1,1,1] training.batch=2");
    }

    private static String averageHash(RunDirectory run) throws IOException {
        try (TrainedDiffusion trained = TrainedDiffusion.open(run.root(), PLACEMENT)) {
            assertThat(trained.step()).isEqualTo(12);
            return trained.hash();
        }
    }

    @Test
    void theSeedDecidesTheWeights() throws IOException {
        String one = Training.start(experiment("training.steps=2"), runs, TrainingObserver.SILENT)
                .weightsHash();
        String other = Training.start(experiment("training.steps=2", "seed=6"), runs, TrainingObserver.SILENT)
                .weightsHash();
        assertThat(other).isNotEqualTo(one);
    }

    /** What a kill may leave: half a file under its temporary name, a damaged last checkpoint, half a line. */
    @Test
    void goesOnFromTheLastCheckpointThatIsWhole() throws IOException {
        DiffusionExperiment experiment = experiment("training.checkpointSeconds=0", "training.keep=3");
        Training.Outcome straight = Training.start(experiment, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment, runs, stoppingAfter(6));
        Path last =
                new CheckpointFolder(stopped.run().checkpoints(), 1).latest().orElseThrow();
        byte[] bytes = Files.readAllBytes(last);
        Files.write(last, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Files.write(last.resolveSibling(".step-00000007.safetensors.tmp"), new byte[1000]);
        Files.writeString(stopped.run().statisticsFile(), "{\"st", StandardOpenOption.APPEND);
        List<Long> steps = new ArrayList<>();
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), new TrainingObserver() {
            @Override
            public void started(RunDirectory run, Experiment trained, Placement placement, long weights, long step) {
                steps.add(step);
                assertThat(weights).isGreaterThan(10_000);
            }
        });
        assertThat(steps).containsExactly(5L);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        assertThat(Statistics.read(resumed.run().statisticsFile()).stream().map(Statistics::step))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
        assertThat(Milestone.read(resumed.run().milestonesFile()))
                .extracting(Milestone::step)
                .doesNotHaveDuplicates()
                .isSorted()
                .endsWith(12L);
        try (Stream<Path> events = Files.list(resumed.run().tensorBoard())) {
            assertThat(events).as("a file for each sitting").hasSize(2);
        }
    }

    /** As an older version left it on a machine set to Persian. */
    @Test
    @DefaultLocale(language = "fa", country = "IR")
    void aRunWhoseNamesHaveOtherDigitsGoesOnFromItsLatestStep() throws IOException {
        AnyScript.assume();
        DiffusionExperiment experiment = experiment("training.keep=1");
        Training.Outcome straight = Training.start(experiment, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment, runs, stoppingAfter(6));
        assertThat(stopped.run().root()).isEqualTo(runs.resolve("tiny-002"));
        RunDirectory old = new RunDirectory(Files.move(stopped.run().root(), runs.resolve("tiny-۰۰۲")));
        Path written = old.checkpoints().resolve("step-00000006.safetensors");
        Files.move(written, written.resolveSibling("step-۰۰۰۰۰۰۰۶.safetensors"));
        Files.writeString(
                written.resolveSibling("best.json"), "{\"file\":\"step-۰۰۰۰۰۰۰۶.safetensors\",\"metric\":1E9}");
        Training.Outcome resumed = Training.resume(old, List.of(), TrainingObserver.SILENT);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        assertThat(Statistics.read(old.statisticsFile()).stream().map(Statistics::step))
                .containsExactly(6L, 10L, 12L);
        assertThat(checkpoints(old))
                .as("training.keep")
                .hasSize(1)
                .allMatch(file -> file.endsWith("step-00000012.safetensors"));
    }

    @Test
    void aRunIsScoredWhileItTrainsIfTheRecipeAsksForIt() throws IOException {
        // KID and precision of 64 images need as many real ones; the rooms are drawn
        DiffusionExperiment experiment = experiment(
                "data.source=rooms",
                "data.size=32",
                "training.steps=2",
                "training.checkpointSeconds=0",
                "evaluation.duringTraining=64");
        RunDirectory run =
                Training.start(experiment, runs, TrainingObserver.SILENT).run();
        assertThat(Milestone.read(run.milestonesFile())).hasSizeBetween(2, 3).allSatisfy(milestone -> {
            assertThat(milestone.validation()).isPositive();
            assertThat(milestone.score().number("fid")).isPositive();
            assertThat(milestone.score().text("images")).isEqualTo("64");
            assertThat(milestone.score().text("network")).isEqualTo("rooms-judge");
        });
    }

    /** A program that ends, such as a server, interrupts its threads: at any moment, here within a step. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoIsInterruptedSavesAndStops(int workers) throws IOException {
        DiffusionExperiment experiment = experiment("training.workers=" + workers);
        Training.Outcome straight = Training.start(experiment, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment, runs, new TrainingObserver() {
            @Override
            public void step(TrainingStatus status) {
                if (status.report().step() == 6) Thread.currentThread().interrupt();
            }
        });
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        assertThat(stopped.finished()).isFalse();
        assertThat(stopped.step()).isEqualTo(6);
        assertThat(Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT)
                        .weightsHash())
                .isEqualTo(straight.weightsHash());
    }

    @Test
    void aFinishedTrainingIsLeftAlone() throws IOException {
        Training.Outcome done = Training.start(experiment("training.steps=2"), runs, TrainingObserver.SILENT);
        List<Path> before = checkpoints(done.run());
        Training.Outcome again = Training.resume(done.run(), List.of(), TrainingObserver.SILENT);
        assertThat(again.weightsHash()).isEqualTo(done.weightsHash());
        assertThat(again.imagesPerSecond()).isZero();
        assertThat(again.loss()).isFinite();
        assertThat(checkpoints(done.run())).isEqualTo(before);
    }

    @Test
    void aRunIsTrainedByOneAtATime() throws IOException {
        RunDirectory run = Training.start(experiment(), runs, stoppingAfter(11)).run();
        String before = Files.readString(run.statisticsFile());
        Files.writeString(run.statisticsFile(), "{\"st", StandardOpenOption.APPEND);
        try (Claim claim = Claim.of(run.root(), "trial")) {
            assertThatThrownBy(() -> Training.resume(run, List.of("training.steps=20"), TrainingObserver.SILENT))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the run " + run + " is being run by another process, number "
                            + ProcessHandle.current().pid());
            assertThat(Files.readString(run.statisticsFile()))
                    .as("nothing was written")
                    .isEqualTo(before + "{\"st");
            assertThat(run.changesFile()).doesNotExist();
            assertThat(Training.startOrResume(experiment(), claim, TrainingObserver.SILENT)
                            .finished())
                    .as("who has the right may go on")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "training.decay=constant",
                "training.decay=constant training.minutes=1000 training.steps=9 training.keep=1"
            })
    void aFinishedRunGoesOnToWhereALongerOneEnds(String overrides) throws IOException {
        Training.Outcome longer = Training.start(
                experiment("training.steps=15", "training.decay=constant"), runs, TrainingObserver.SILENT);
        Training.Outcome done = Training.start(experiment(overrides.split(" ")), runs, TrainingObserver.SILENT);
        String milestones = Files.readString(done.run().milestonesFile());
        Training.Outcome gone = Training.resume(done.run(), List.of("training.steps=15"), TrainingObserver.SILENT);
        assertThat(gone.step()).isEqualTo(15);
        assertThat(gone.weightsHash()).isEqualTo(longer.weightsHash());
        assertThat(gone.run().experiment().training().steps()).isEqualTo(15);
        assertThat(Change.read(gone.run().changesFile())).singleElement().satisfies(change -> {
            assertThat(change).hasToString("training.steps " + done.step() + " -> 15");
            assertThat(change.step()).isEqualTo(done.step());
        });
        assertThat(Files.readString(gone.run().milestonesFile())).startsWith(milestones);
        assertThat(checkpoints(gone.run()))
                .as("what had been trained is kept")
                .extracting(file -> file.getFileName().toString())
                .contains(String.format(Locale.ROOT, "step-%08d.safetensors", done.step()));
        assertThat(Training.resume(gone.run(), List.of("training.steps=15"), TrainingObserver.SILENT)
                        .step())
                .as("asked for again, nothing changes")
                .isEqualTo(15);
        assertThat(Change.read(gone.run().changesFile())).hasSize(1);
    }

    @Test
    void aCosineIsStretchedOverTheNewLengthAndTheRateIsTold() throws IOException {
        DiffusionExperiment experiment = experiment("training.decay=cosine", "training.learningRate=0.001");
        RunDirectory run =
                Training.start(experiment, runs, TrainingObserver.SILENT).run();
        List<Double> rates = new ArrayList<>();
        List<Double> told = new ArrayList<>();
        Training.resume(run, List.of("training.steps=24", "training.batch=2"), new TrainingObserver() {
            @Override
            public void changed(List<Change> changes, double learningRate) {
                assertThat(changes).extracting(Change::key).containsExactly("training.steps", "training.batch");
                told.add(learningRate);
            }

            @Override
            public void step(TrainingStatus status) {
                rates.add(status.report().learningRate());
            }
        });
        assertThat(told).containsExactly(rates.get(0));
        assertThat(told.get(0)).isEqualTo(0.0005, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "network.dropout=0.2",
                "denoiser=transformer",
                "process.steps=4",
                "data.size=16",
                "data.channels=1",
                "training.ema=[0.5]",
                "seed=6",
                "name=other",
                "condition.by=label",
                "embedding.tokens=2",
                "embedding.words.tokens=8",
                "embedding.words.encoderHash=abc",
                "embedding.words.width=16"
            })
    void whatTheWeightsAreMadeOfCannotBeChanged(String override) throws IOException {
        RunDirectory run = Training.start(experiment("process.variance=learned-range"), runs, stoppingAfter(1))
                .run();
        String before = Files.readString(run.experimentFile());
        String key = override.substring(0, override.indexOf('='));
        assertThatThrownBy(() -> Training.resume(run, List.of(override), TrainingObserver.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " of " + run + " cannot be changed any more");
        assertThat(Files.readString(run.experimentFile())).isEqualTo(before);
        assertThat(run.changesFile()).doesNotExist();
    }

    @Test
    void aChangeThatLeavesNothingToTrainIsRefused() throws IOException {
        RunDirectory run = Training.start(experiment("training.steps=3"), runs, TrainingObserver.SILENT)
                .run();
        String before = Files.readString(run.experimentFile());
        for (String override : new String[] {"training.steps=2", "training.learningRate=0.00001"})
            assertThatThrownBy(() -> Training.resume(run, List.of(override), TrainingObserver.SILENT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nothing is left to train of " + run + ", which has made 3 steps");
        assertThat(Files.readString(run.experimentFile())).isEqualTo(before);
    }

    @Test
    void theClassesOfTheDataMustStayThose() throws IOException {
        RunDirectory run = Training.start(experiment("condition.by=label"), runs, stoppingAfter(1))
                .run();
        assertThatThrownBy(() -> Training.resume(run, List.of("data.source=rooms"), TrainingObserver.SILENT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Path> checkpoints(RunDirectory run) throws IOException {
        return new CheckpointFolder(run.checkpoints(), 1).files();
    }

    @Test
    void aRunIsACompleteRecord() throws IOException {
        DiffusionExperiment experiment = experiment();
        RunDirectory run =
                Training.start(experiment, runs, TrainingObserver.SILENT).run();
        assertThat(run.experiment()).isEqualTo(experiment);
        assertThat(checkpoints(run)).hasSize(1);
        assertThat(Statistics.read(run.statisticsFile()).stream().map(Statistics::step))
                .containsExactly(10L, 12L);
        assertThat(Milestone.read(run.milestonesFile())).singleElement().satisfies(milestone -> {
            assertThat(milestone.step()).isEqualTo(12);
            assertThat(milestone.score()).isNull();
        });
        try (Stream<Path> samples = Files.list(run.samples())) {
            assertThat(samples.map(file -> file.getFileName().toString())).containsExactly("step-00000012.png");
        }
    }

    @Test
    void aModelOfLabelledPicturesKnowsTheirClasses() throws IOException {
        DiffusionExperiment experiment = experiment("condition.by=label", "training.steps=3");
        RunDirectory run =
                Training.start(experiment, runs, TrainingObserver.SILENT).run();
        try (TrainedDiffusion trained = TrainedDiffusion.open(run.root(), PLACEMENT)) {
            assertThat(trained.experiment().condition().classes()).containsExactly("bright", "dark");
            assertThat(trained.experiment().ports().classes()).isEqualTo(3);
            SamplingSettings guided = new SamplingSettings(SamplingSettings.Method.DDIM, 2, 0, 2.5);
            Scope.run(() -> {
                Tensor images = trained.model().sample(new Request(guided, 1, 1), 0, 3);
                assertThat(Tensors.shape(images)).containsExactly(3, 3, 8, 8);
                assertThat(Tensors.floats(images.abs().max())[0]).isBetween(1e-6f, 1f);
            });
            assertThatThrownBy(() -> trained.model().sample(new Request(guided, 1, 2), 0, 1))
                    .hasMessage("class must be in 0..1: 2");
        }
    }

    @Test
    void guidanceWantsClasses() {
        assertThatThrownBy(() -> Training.start(experiment("sampling.guidance=2"), runs, TrainingObserver.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sampling.guidance must be 1 where condition.by is none: 2.0");
    }

    @Test
    void labelsWantClasses() {
        assertThatThrownBy(() -> Training.start(
                        experiment("data.source=" + data.resolve("dark"), "condition.by=label"),
                        runs,
                        TrainingObserver.SILENT))
                .hasMessage("condition.by is label, but the data set has no classes: " + data.resolve("dark"));
    }

    @Test
    void divergenceTellsTheWayBack() {
        DiffusionExperiment experiment =
                experiment("training.learningRate=10", "training.clip=0", "training.steps=400");
        assertThatThrownBy(() -> Training.start(experiment, runs, TrainingObserver.SILENT))
                .isInstanceOf(dev.calotype.train.DivergenceException.class)
                .hasMessageEndingWith("; there is no checkpoint yet; start again with a lower training.learningRate");
    }

    @Test
    void trainingsLeaveNothingBehind() throws IOException {
        DiffusionExperiment experiment = experiment("training.steps=2", "training.checkpointSeconds=0");
        Training.start(experiment, runs, TrainingObserver.SILENT);
        long before = Scope.live();
        Training.start(experiment, runs, TrainingObserver.SILENT);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
