package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.collective.Companions;
import dev.calotype.collective.LostRanksException;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings of several processes; here each is a thread. */
class SharedTrainingTest {
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

    private interface Leading {
        Training.Outcome train(Ranks ranks) throws IOException;
    }

    /** The weights' hash that each process ends with. */
    private static List<String> hashes(int world, Leading leading, Training.Following following) {
        return Companions.of(world, ranks -> {
            try {
                return ranks.first()
                        ? leading.train(ranks).weightsHash()
                        : Training.follow(ranks, Order.take(ranks).text(), List.of(), following)
                                .weightsHash();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static final Training.Following PLAIN = new Training.Following() {};

    private static double[] weights(Path run) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint last = new CheckpointFolder(run.resolve("checkpoints"), 1)
                    .readLatest()
                    .orElseThrow();
            assertThat(last.step()).isEqualTo(12);
            return Tensors.doubles(last.group("weights").get("out.2.weight"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void severalProcessesLearnWhatOneLearns(int world) throws IOException {
        Training.Outcome alone = Training.start(experiment("training.workers=4"), runs, TrainingObserver.SILENT);
        DiffusionExperiment experiment = experiment("training.workers=" + 4 / world);
        List<String> hashes =
                hashes(world, ranks -> Training.start(experiment, runs, TrainingObserver.SILENT, ranks), PLAIN);
        assertThat(hashes).containsOnly(hashes.get(0));
        assertThat(weights(runs.resolve("tiny-002")))
                .containsExactly(weights(alone.run().root()), within(1e-6));
        assertThat(Files.readAllLines(runs.resolve("tiny-002/statistics.jsonl")))
                .hasSameSizeAs(Files.readAllLines(alone.run().statisticsFile()));
    }

    /** A process that follows dies in the middle; the training goes on with as many, from what was learned together. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "method=data-parallel",
                "method=zero-1",
                "method=diloco every=3 outerLearningRate=0.7 outerMomentum=0.9"
            })
    void whatOneThatDiesLeavesBehindIsGoneOnWith(String distributed) throws IOException {
        List<String> overrides = new ArrayList<>(List.of("training.workers=1", "training.checkpointSeconds=0"));
        for (String value : distributed.split(" ")) overrides.add("training.distributed." + value);
        DiffusionExperiment experiment = experiment(overrides.toArray(String[]::new));
        List<String> straight =
                hashes(2, ranks -> Training.start(experiment, runs, TrainingObserver.SILENT, ranks), PLAIN);
        int kept = distributed.contains("diloco") ? 3 : distributed.contains("zero-1") ? 4 : 5; // without help
        Training.Following dying = new Training.Following() {
            @Override
            public void step(StepReport report) {
                if (report.step() == 5) throw new IllegalStateException("killed");
            }
        };
        assertThatThrownBy(() ->
                        hashes(2, ranks -> Training.start(experiment, runs, TrainingObserver.SILENT, ranks), dying))
                .isInstanceOf(LostRanksException.class)
                .hasMessageContaining("rank 0 of 2")
                .hasMessageContaining("lost another one")
                .hasMessageContaining("tiny-002 is saved: `resume` goes on")
                .hasMessageContaining("step " + kept + " of ");
        RunDirectory left = RunDirectory.open(runs.resolve("tiny-002"));
        List<String> resumed =
                hashes(2, ranks -> Training.resume(left, List.of(), TrainingObserver.SILENT, ranks), PLAIN);
        assertThat(resumed).containsOnly(straight.get(0));
    }

    @Test
    void aShardedTrainingLearnsWhatAWholeOneLearnsAndIsGoneOnWithByOne() throws IOException {
        List<String> whole = hashes(
                2,
                ranks -> Training.start(experiment("training.workers=1"), runs, TrainingObserver.SILENT, ranks),
                PLAIN);
        DiffusionExperiment sharded = experiment("training.workers=1", "training.distributed.method=zero-1");
        assertThat(hashes(2, ranks -> Training.start(sharded, runs, TrainingObserver.SILENT, ranks), PLAIN))
                .isEqualTo(whole);
        RunDirectory made = RunDirectory.open(runs.resolve("tiny-002"));
        assertThat(Training.resume(made, List.of("training.steps=14"), TrainingObserver.SILENT)
                        .step())
                .isEqualTo(14);
    }

    /** Rank 0 says of every step that it has waited long. */
    private static Ranks patient(Ranks ranks) {
        return (Ranks) Proxy.newProxyInstance(
                Ranks.class.getClassLoader(), new Class<?>[] {Ranks.class}, (proxy, method, given) -> {
                    if (method.getName().equals("sum") && given[0] instanceof double[] values && values.length == 4)
                        values[2] += 100; // loss, rate, and what each rank has waited
                    return method.invoke(ranks, given);
                });
    }

    @Test
    void aStragglerIsNamed() throws IOException {
        List<Incident> told = new ArrayList<>();
        TrainingObserver observer = new TrainingObserver() {
            @Override
            public void noticed(Incident incident) {
                told.add(incident);
            }
        };
        DiffusionExperiment experiment = experiment("training.workers=1", "training.steps=13");
        hashes(2, ranks -> Training.start(experiment, runs, observer, patient(ranks)), PLAIN);
        assertThat(told).singleElement().satisfies(incident -> {
            assertThat(incident.kind()).isEqualTo(Incident.Kind.STRAGGLER);
            assertThat(incident.message()).startsWith("the others wait for rank 1 at 127.0.0.1 in ");
        });
        assertThat(Incident.read(RunDirectory.open(runs.resolve("tiny-001")).incidentsFile()))
                .isEqualTo(told);
    }

    /** Averages follow the weights of the meetings, so that they are of no other step. */
    @Test
    void snapshotsOfATrainingApartAreKeptAtMeetings() throws IOException {
        DiffusionExperiment experiment = experiment(
                "training.snapshots=5", "training.distributed.method=diloco", "training.distributed.every=3");
        hashes(2, ranks -> Training.start(experiment, runs, TrainingObserver.SILENT, ranks), PLAIN);
        assertThat(new CheckpointFolder(runs.resolve("tiny-001/snapshots"), 1).files())
                .map(CheckpointFolder::step)
                .containsExactly(3L, 6L, 9L, 12L);
    }

    /** Between them the others would wait for the one that draws. */
    @Test
    void aTrainingApartDrawsAtMeetings() throws IOException {
        DiffusionExperiment experiment =
                experiment("training.steps=42", "training.distributed.method=diloco", "training.distributed.every=7");
        hashes(2, ranks -> Training.start(experiment, runs, TrainingObserver.SILENT, ranks), PLAIN);
        assertThat(LearningStrip.grids(RunDirectory.open(runs.resolve("tiny-001"))))
                .containsOnlyKeys(21L, 42L);
    }

    @Test
    void whatIsOfTheWholeBatchIsNotSharedOtherwise() {
        assertThatThrownBy(() -> experiment(
                        "training.steps=13", "training.distributed.method=diloco", "training.distributed.every=3"))
                .hasMessageContaining("steps must be a multiple of distributed.every, 3: 13");
        assertThatThrownBy(() -> experiment("training.optimizer=soap", "training.distributed.method=zero-1"))
                .hasMessageContaining("optimizer must be another one where distributed.method is zero-1: soap");
        assertThatThrownBy(() -> experiment("training.optimizer=muon", "training.distributed.method=diloco"))
                .hasMessageContaining("optimizer must be adamw where distributed.method is diloco: muon");
        DiffusionExperiment important = experiment(
                "process.timesteps=loss-second-moment", "process.loss=vlb", "training.distributed.method=zero-1");
        assertThatThrownBy(() -> Training.start(important, runs, TrainingObserver.SILENT))
                .hasMessageContaining("training.distributed.method must be data-parallel for tiny: ");
    }

    @ParameterizedTest
    @CsvSource({"data-parallel, fp32", "zero-1, fp32", "zero-1, bf16"})
    void aFinishedRunTellsTheOthersThatNothingIsLeft(String method, String precision) throws IOException {
        DiffusionExperiment experiment =
                experiment("training.distributed.method=" + method, "training.precision=" + precision);
        Training.Outcome alone = Training.start(experiment, runs, TrainingObserver.SILENT);
        List<String> hashes =
                hashes(2, ranks -> Training.resume(alone.run(), List.of(), TrainingObserver.SILENT, ranks), PLAIN);
        assertThat(hashes).containsExactly(alone.weightsHash(), "");
    }

    @Test
    void whatCannotBeSharedIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertThatThrownBy(() ->
                        hashes(3, ranks -> Training.start(experiment(), runs, TrainingObserver.SILENT, ranks), PLAIN))
                .hasMessage("training.batch must be a multiple of the 3 processes: 4");
        DiffusionExperiment important = experiment("process.timesteps=loss-second-moment", "process.loss=vlb");
        assertThatThrownBy(() ->
                        hashes(2, ranks -> Training.start(important, runs, TrainingObserver.SILENT, ranks), PLAIN))
                .hasMessage(
                        "tiny cannot be trained by 2 processes: with process.timesteps loss-second-moment each process"
                                + " would learn of its own images alone");
        try (Stream<Path> made = Files.list(runs)) {
            assertThat(made).isEmpty();
        }
    }
}
