package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SnapshotsTest {
    @TempDir
    Path folder;

    private static Experiment experiment(int snapshots) {
        return Recipe.parse(
                """
                data: {source: rooms, size: 32}
                network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
                process: {steps: 20}
                sampling: {steps: 2}
                training: {minutes: 0, steps: 12, batch: 2, workers: 1, checkpointSeconds: 1000}
                """,
                List.of("training.snapshots=" + snapshots));
    }

    private static List<Path> files(Training.Outcome outcome) throws IOException {
        return new CheckpointFolder(outcome.run().snapshots(), 1).files();
    }

    private static double[] first(Path file, String group) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor weights = Checkpoint.readGroup(file, group)
                    .tensors()
                    .values()
                    .iterator()
                    .next();
            return Tensors.doubles(weights);
        }
    }

    @Test
    void averagesAreKeptInEqualPartsOfTheTrainingAndPutTogetherAfterwards() throws IOException {
        Training.Outcome outcome = Training.start(experiment(4), folder, TrainingObserver.SILENT);
        List<Path> files = files(outcome);
        assertThat(files).map(CheckpointFolder::step).containsExactly(3L, 6L, 9L, 12L);
        Path file = folder.resolve("average.safetensors");
        assertThat(Snapshots.of(outcome.run()).average(0.1, file)).isEqualTo(12);
        double[] kept = first(files.get(3), "power/0.1");
        assertThat(first(file, "ema/0.999")).containsExactly(kept, within(1e-6));
        assertThat(TrainedFile.averages(file, TrainedFile.experiment(file)).step())
                .isEqualTo(12);
        Snapshots.of(outcome.run()).average(0.2, file);
        assertThat(first(file, "ema/0.999")).isNotEqualTo(kept);
    }

    /** An autoencoder has statistics of its latents beside its weights. */
    @Test
    void whatAModelNeedsBesideItsWeightsGoesAlong() throws IOException {
        Experiment experiment = Recipe.parse(
                """
                kind: autoencoder
                data: {source: rooms, size: 32}
                network: {latent: 3, widths: [8, 8], groups: 4}
                loss: {perceptual: 0, adversarial: {weight: 0}}
                training: {minutes: 0, steps: 4, batch: 2, workers: 1, checkpointSeconds: 1000, snapshots: 2}
                """,
                List.of());
        Training.Outcome outcome = Training.start(experiment, folder, TrainingObserver.SILENT);
        Path file = folder.resolve("average.safetensors");
        Snapshots.of(outcome.run()).average(0.1, file);
        Placement placement = new Placement(Device.CPU, Precision.FP32);
        try (TrainedModel model = TrainedFile.open(file, placement)) {
            assertThat(model.step()).isEqualTo(4);
        }
    }

    @Test
    void aResumedTrainingKeepsTheSame() throws IOException {
        Training.Outcome straight = Training.start(experiment(4), folder, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment(4), folder, TrainingTest.stoppingAfter(7));
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(files(resumed)).hasSameSizeAs(files(straight));
        for (int i = 0; i < 4; i++)
            assertThat(files(resumed).get(i))
                    .hasSameBinaryContentAs(files(straight).get(i));
    }

    @Test
    void aRunWithoutSnapshotsSaysHowToHaveThem() throws IOException {
        Training.Outcome outcome = Training.start(experiment(0), folder, TrainingObserver.SILENT);
        assertThat(outcome.run().snapshots()).doesNotExist();
        assertThatThrownBy(() -> Snapshots.of(outcome.run()).average(0.1, folder.resolve("a")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has kept no snapshots: train with training.snapshots of about 10");
    }
}
