package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Likelihood;
import dev.calotype.experiment.TellsLikelihood;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import dev.calotype.sweep.SweepDirectory.Failed;
import dev.calotype.sweep.SweepDirectory.Trained;
import dev.calotype.sweep.SweepTable.Row;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials that are trained and measured in this process, each thing once. */
class SweepRunTest {
    private static final String TWO =
            """
            name: two
            recipe:
              data: {source: "PICTURES", size: 16}
              network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
              process: {steps: 4}
              sampling: {steps: 2}
              training: {steps: 2, minutes: 0, batch: 3, workers: 1, precision: fp32, warmup: 1, ema: [0.5]}
            axes: {training.learningRate: [0.001, 0.01]}
            evaluate: {images: 0}
            """;

    @TempDir
    private Path folder;

    private final List<Long> steps = new ArrayList<>();
    private Sweep sweep;
    private SweepDirectory directory;

    private SweepRun run(String yaml, int most) throws IOException {
        sweep = Sweep.parse(yaml.replace("PICTURES", pictures().toString()), folder, List.of());
        directory = SweepDirectory.create(folder, sweep);
        TrainingObserver observer = new TrainingObserver() {
            @Override
            public void step(TrainingStatus status) {
                steps.add(status.report().step());
            }

            @Override
            public boolean stopRequested() {
                return steps.size() >= most;
            }
        };
        return new SweepRun(sweep, directory, observer, Progress.SILENT);
    }

    private Path pictures() throws IOException {
        Path place = Files.createDirectories(folder.resolve("pictures"));
        Rng rng = Rng.of(1);
        for (int i = 0; i < 64; i++) {
            byte[] pixels = new byte[16 * 16 * 3];
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) rng.nextInt(256);
            PngFile.write(place.resolve("ab".charAt(i % 2) + "_" + i + ".png"), new Picture(16, 16, 3, pixels));
        }
        return place;
    }

    @Test
    void everyTrialIsTrainedOnceAndToldByWhatItCameTo() throws IOException {
        SweepTable table = run(TWO, 99).all();
        assertThat(steps).containsExactly(1L, 2L, 1L, 2L);
        assertThat(table.rows()).extracting(Row::open).containsExactly(0, 0);
        assertThat(Files.readString(directory.markdownFile())).isEqualTo(table.markdown());
        Trained first = directory.trained(sweep.trials().get(0)).orElseThrow();
        assertThat(first.step()).isEqualTo(2);
        assertThat(first.seconds()).isPositive();
        assertThat(first.imagesPerSecond()).isCloseTo(2 * 3 / first.seconds(), within(1e-6));
        assertThat(first.memoryMb()).isGreaterThan(10);
        assertThat(first.validation()).isPositive();
        assertThat(first.weights()).matches("[0-9a-f]{64}");
        assertThat(directory.trained(sweep.trials().get(1)).orElseThrow().weights())
                .isNotEqualTo(first.weights());

        assertThat(run(TWO, 99).all()).isEqualTo(table);
        assertThat(steps).as("nothing is trained again").hasSize(4);
    }

    @Test
    void oneTrialIsRunByItsNameAndAnUnknownOneRefused() throws IOException {
        SweepRun run = run(TWO, 99);
        run.one(sweep.trials().get(1).id());
        assertThat(directory.trained(sweep.trials().get(0))).isEmpty();
        assertThat(directory.trained(sweep.trials().get(1))).isPresent();
        assertThatThrownBy(() -> run.one("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sweep " + directory.root() + " has no trial none");
    }

    @Test
    void aStopLeavesTheRestForLater() throws IOException {
        SweepTable table = run(TWO, 1).all();
        assertThat(steps).containsExactly(1L);
        assertThat(table.rows()).extracting(Row::open).containsExactly(1, 1);
        assertThat(run(TWO, 3).all().rows()).extracting(Row::open).containsExactly(0, 1);
        assertThat(steps).as("the first goes on").containsExactly(1L, 2L, 1L);
    }

    @Test
    void whatDivergedIsNotTrainedAgain() throws IOException {
        SweepRun run = run(TWO, 99);
        try (var claim = directory.claim(sweep.trials().get(1), who -> {})) {
            assertThat(claim).isNotNull();
            directory.write(sweep.trials().get(1), new Failed("the loss diverges"));
        }
        SweepTable table = run.all();
        assertThat(steps).containsExactly(1L, 2L);
        assertThat(table.notes()).contains("Failed: 0.01, seed 0: the loss diverges.");
        assertThat(directory.trained(sweep.trials().get(1))).isEmpty();
    }

    @Test
    void everyWayOfSamplingIsDrawnAndJudgedOnce() throws IOException {
        String judged = TWO.replace("[0.001, 0.01]", "[0.001]")
                .replace(
                        "{images: 0}",
                        "{images: 64, network: scattering, axes: {sampling.steps: [2, 3]},"
                                + " likelihood: {images: 2, steps: 2}}");
        Row row = run(judged, 99).all().rows().get(0);
        assertThat(row.values()).containsKeys("fid", "bits-per-dim", "sampling-seconds", "evaluation-seconds");
        Trial trial = sweep.trials().get(0);
        assertThat(trial.variants()).hasSize(2).allSatisfy(variant -> {
            assertThat(directory.picture(trial, variant)).exists();
            assertThat(directory.interpolation(trial, variant)).exists();
            assertThat(directory.judgement(trial, variant).orElseThrow().images())
                    .isEqualTo(64);
        });
        assertThat(directory
                        .likelihood(trial, sweep.measurement().likelihood())
                        .orElseThrow()
                        .images())
                .isEqualTo(2);
        assertThat(directory.judgement(trial, trial.variants().get(0)))
                .isNotEqualTo(directory.judgement(trial, trial.variants().get(1)));
    }

    @Test
    void likelihoodIsThatOfPicturesWithTheLabelsThatTheRecipeReads() throws IOException {
        String labelled = TWO.replace("[0.001, 0.01]", "[0.01]")
                .replace("size: 16}", "size: 16, labels: prefix}\n  condition: {by: label}")
                .replace("{images: 0}", "{images: 0, likelihood: {images: 8, steps: 2}}");
        run(labelled, 99).all();
        Trial trial = sweep.trials().get(0);
        Likelihood measured =
                directory.likelihood(trial, sweep.measurement().likelihood()).orElseThrow();
        Placement placement = new Placement(Device.CPU, Precision.FP32);
        try (TellsLikelihood model = TrainedFile.open(directory.trial(trial), Capability.TELLS_LIKELIHOOD, placement);
                ImageDataset data = DataSets.open(trial.experiment().data())) {
            assertThat(data.classes()).containsExactly("a", "b");
            assertThat(measured.bitsPerDim())
                    .isEqualTo(model.likelihood(data, 8, 2, Progress.SILENT).bitsPerDim());
        }
    }
}
