package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Tiny;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a checkpoint is worth stands beside it, whatever becomes of the drawing that follows. */
class LostMilestoneTest {
    @TempDir
    private Path folder;

    /** As where the disk is full, or a kill comes. */
    @Test
    void aDrawingThatFailsTakesNoMilestoneWithIt() throws IOException {
        RunDirectory[] begun = new RunDirectory[1];
        TrainingObserver hindering = new TrainingObserver() {
            @Override
            public void started(RunDirectory run, Experiment trained, Placement placement, long weights, long step) {
                begun[0] = run;
                try {
                    Files.delete(run.samples());
                    Files.writeString(run.samples(), "in the way");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        Experiment experiment = Tiny.on(Tiny.pictures(folder.resolve("data")), "training.steps=2");
        assertThatThrownBy(() -> Training.start(experiment, folder, hindering)).isInstanceOf(IOException.class);
        Files.delete(begun[0].samples());
        List<Milestone> told = Milestone.read(begun[0].milestonesFile());
        assertThat(told).extracting(Milestone::step).containsExactly(2L);
        assertThat(Training.resume(begun[0], List.of(), TrainingObserver.SILENT).finished())
                .isTrue();
        assertThat(Milestone.read(begun[0].milestonesFile())).isEqualTo(told);
    }

    /** As where a kill comes while images are drawn and judged. */
    @Test
    void aJudgingThatFailsTakesNoCheckpointWithItAndIsDoneByTheNextSitting() throws IOException {
        Path judge = folder.resolve("judge.safetensors"), away = folder.resolve("away.safetensors");
        try (InputStream weights = RoomsJudge.class.getResourceAsStream("rooms-judge.safetensors")) {
            Files.copy(weights, judge);
        }
        RunDirectory[] begun = new RunDirectory[1];
        TrainingObserver hindering = new TrainingObserver() {
            @Override
            public void started(RunDirectory run, Experiment trained, Placement placement, long weights, long step) {
                begun[0] = run;
                try {
                    Files.move(judge, away);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        Experiment experiment = Tiny.experiment(
                "data.source=rooms",
                "data.size=32",
                "training.steps=2",
                "evaluation.network=rooms:" + judge,
                "evaluation.duringTraining=64");
        assertThatThrownBy(() -> Training.start(experiment, folder, hindering)).hasMessageContaining("judge");
        assertThat(new CheckpointFolder(begun[0].checkpoints(), 1).latest()).isPresent();
        assertThat(Milestone.read(begun[0].milestonesFile())).isEmpty();
        Files.move(away, judge);
        assertThat(Training.resume(begun[0], List.of(), TrainingObserver.SILENT).finished())
                .isTrue();
        assertThat(Milestone.read(begun[0].milestonesFile())).singleElement().satisfies(told -> {
            assertThat(told.step()).isEqualTo(2);
            assertThat(told.score().number("fid")).isPositive();
        });
    }

    /** As runs of before may have been killed between the two. */
    @Test
    void aCheckpointWithoutAMilestoneTellsWhatItWasWorth() throws IOException {
        RunDirectory run = Training.start(
                        Tiny.on(Tiny.pictures(folder.resolve("data")), "training.steps=2"),
                        folder,
                        TrainingObserver.SILENT)
                .run();
        List<Milestone> told = Milestone.read(run.milestonesFile());
        Files.delete(run.milestonesFile());
        Training.resume(run, List.of(), TrainingObserver.SILENT);
        assertThat(Milestone.read(run.milestonesFile())).isEqualTo(told).hasSize(1);
    }
}
