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

    /** Takes something away, or puts it in the way, as soon as a training has begun. */
    private static final class Hindering implements TrainingObserver {
        /** What is done to a run. */
        private interface Act {
            void on(RunDirectory run) throws IOException;
        }

        private final Act act;
        private RunDirectory run;

        Hindering(Act act) {
            this.act = act;
        }

        @Override
        public void started(RunDirectory begun, Experiment trained, Placement placement, long weights, long step) {
            run = begun;
            try {
                act.on(begun);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** As where the disk is full, or a kill comes. */
    @Test
    void aDrawingThatFailsTakesNoMilestoneWithIt() throws IOException {
        Hindering hindering = new Hindering(run -> {
            Files.delete(run.samples());
            Files.writeString(run.samples(), "in the way");
        });
        Experiment experiment = Tiny.on(Tiny.pictures(folder.resolve("data")), "training.steps=2");
        assertThatThrownBy(() -> Training.start(experiment, folder, hindering)).isInstanceOf(IOException.class);
        Files.delete(hindering.run.samples());
        List<Milestone> told = Milestone.read(hindering.run.milestonesFile());
        assertThat(told).extracting(Milestone::step).containsExactly(2L);
        assertThat(Training.resume(hindering.run, List.of(), TrainingObserver.SILENT)
                        .finished())
                .isTrue();
        assertThat(Milestone.read(hindering.run.milestonesFile())).isEqualTo(told);
    }

    /** As where a kill comes while images are drawn and judged. */
    @Test
    void aJudgingThatFailsTakesNoCheckpointWithItAndIsDoneByTheNextSitting() throws IOException {
        Path judge = folder.resolve("judge.safetensors"), away = folder.resolve("away.safetensors");
        try (InputStream weights = RoomsJudge.class.getResourceAsStream("rooms-judge.safetensors")) {
            Files.copy(weights, judge);
        }
        Hindering hindering = new Hindering(run -> Files.move(judge, away));
        Experiment experiment = Tiny.experiment(
                "data.source=rooms",
                "data.size=32",
                "training.steps=2",
                "evaluation.network=rooms:" + judge,
                "evaluation.duringTraining=64");
        assertThatThrownBy(() -> Training.start(experiment, folder, hindering)).hasMessageContaining("judge");
        assertThat(new CheckpointFolder(hindering.run.checkpoints(), 1).latest())
                .isPresent();
        assertThat(Milestone.read(hindering.run.milestonesFile())).isEmpty();
        Files.move(away, judge);
        assertThat(Training.resume(hindering.run, List.of(), TrainingObserver.SILENT)
                        .finished())
                .isTrue();
        assertThat(Milestone.read(hindering.run.milestonesFile()))
                .singleElement()
                .satisfies(told -> {
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
