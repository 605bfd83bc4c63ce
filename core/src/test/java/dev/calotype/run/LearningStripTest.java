package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningStripTest {
    private static final int SIZE = 8;

    @TempDir
    Path folder;

    /** A grid of 2 x 2 pictures that are all of one grey. */
    private static Picture grid(int grey) {
        byte[] pixels = new byte[SIZE * SIZE * 3];
        Arrays.fill(pixels, (byte) grey);
        return Images.grid(Collections.nCopies(4, new Picture(SIZE, SIZE, 3, pixels)), 2, 2);
    }

    private RunDirectory run(long... steps) throws IOException {
        RunDirectory run = RunDirectory.at(folder.resolve("run"));
        Files.writeString(
                run.experimentFile(), "data: {size: " + SIZE + "}\nnetwork: {multipliers: [1], attention: []}\n");
        for (long step : steps)
            PngFile.write(
                    run.samples().resolve(String.format(Locale.ROOT, "step-%08d.png", step)), grid((int) (step % 251)));
        return run;
    }

    @Test
    void columnsAreTheFirstPicturesAtTheWantedSharesOfTheTraining() throws IOException {
        RunDirectory run = run(50, 60, 90, 210, 400, 500, 690, 1000);
        LearningStrip.draw(run);
        assertThat(LearningStrip.steps(run)).containsExactly(50L, 90L, 210L, 400L, 690L, 1000L);
        Picture strip = PictureFile.read(run.learningFile()).colours();
        assertThat(strip.width()).isEqualTo(6 * SIZE + 5 * 2);
        assertThat(strip.height()).isEqualTo(2 * SIZE + 2);
        List<Long> steps = LearningStrip.steps(run);
        for (int i = 0; i < 6; i++) {
            Picture column = Images.crop(strip, i * (SIZE + 2), 0, SIZE, SIZE);
            assertThat(column.pixels()).containsOnly((byte) (steps.get(i) % 251));
        }
    }

    @Test
    void oneMomentIsNoStrip() throws IOException {
        RunDirectory run = run(10);
        LearningStrip.draw(run);
        assertThat(run.learningFile()).doesNotExist();
        assertThat(LearningStrip.steps(run)).isEmpty();
    }

    private static Experiment experiment(String... overrides) {
        return Recipe.parse(
                """
                data: {source: rooms, size: 32}
                network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
                process: {steps: 20}
                sampling: {steps: 2}
                training: {minutes: 0, steps: 60, batch: 2, workers: 1, checkpointSeconds: 1000}
                """,
                List.of(overrides));
    }

    /** Drawing on the way leaves the weights what they would have been, also where a run was resumed. */
    @Test
    void aTrainingDrawsOnTheWayAndLearnsTheSame() throws IOException {
        Training.Outcome straight = Training.start(experiment(), folder, TrainingObserver.SILENT);
        assertThat(LearningStrip.grids(straight.run())).containsOnlyKeys(20L, 40L, 60L);
        assertThat(straight.run().learningFile()).isNotEmptyFile();
        assertThat(Milestone.read(straight.run().milestonesFile())).hasSize(1);
        Training.Outcome stopped = Training.start(experiment(), folder, TrainingTest.stoppingAfter(5));
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(LearningStrip.grids(resumed.run())).containsOnlyKeys(5L, 25L, 45L, 60L);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
    }

    /** With a rate that moves nothing no checkpoint is better than the first. */
    @Test
    void aTrainingEndsWhenItsPatienceDoes() throws IOException {
        String[] hopeless = {"training.learningRate=1e-30", "training.checkpointSeconds=0", "training.patience=3"};
        Training.Outcome outcome = Training.start(experiment(hopeless), folder, TrainingObserver.SILENT);
        assertThat(outcome.step()).isEqualTo(4);
        assertThat(outcome.finished()).isTrue();
        Training.Outcome again = Training.resume(outcome.run(), List.of(), TrainingObserver.SILENT);
        assertThat(again.step()).isEqualTo(4);
        Training.Outcome longer = Training.resume(
                outcome.run(), List.of("training.patience=0", "training.steps=6"), TrainingObserver.SILENT);
        assertThat(longer.step()).isEqualTo(6);
        assertThat(longer.finished()).isTrue();
    }
}
