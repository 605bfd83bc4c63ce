package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.train.DivergenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GanTrainingTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);
    private static final List<String> TINY = List.of(
            "name=tiny",
            "data.source=rooms",
            "data.size=32",
            "network.generator.latent=4",
            "network.generator.width=4",
            "network.discriminator.width=4",
            "training.minutes=0",
            "training.steps=6",
            "training.batch=4",
            "training.workers=2",
            "training.precision=fp32",
            "training.ema=[0.9]",
            "training.checkpointSeconds=3600",
            "evaluation.duringTraining=128");

    @TempDir
    private Path runs;

    private static GanExperiment experiment(String... overrides) {
        List<String> all = new ArrayList<>(TINY);
        all.addAll(List.of(overrides));
        return (GanExperiment) Recipe.parse("kind: gan\nseed: 5", all);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "training.precision=bf16",
                "network.discriminator.normalization=spectral game.penalty=r1 game.loss=hinge game.augmentation=[colour,cutout]"
            })
    void aResumedTrainingEndsWhereAStraightOneDoes(String overrides) throws IOException {
        GanExperiment experiment = experiment(overrides.split(" "));
        Training.Outcome straight = Training.start(experiment, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(experiment, runs, TrainingTest.stoppingAfter(3));
        assertThat(stopped.step()).isEqualTo(3);
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.step()).isEqualTo(6);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash());
        List<Statistics> lines = Statistics.read(resumed.run().statisticsFile());
        assertThat(lines.get(lines.size() - 1).game().accuracy()).isBetween(0.0, 1.0);
        assertThat(Milestone.read(resumed.run().milestonesFile()))
                .allSatisfy(m -> assertThat(m.score().fid()).isEqualTo(m.validation()));
    }

    @Test
    void milestonesTellHowDifferentTheImagesAre() throws IOException {
        Training.Outcome outcome = Training.start(experiment(), runs, TrainingObserver.SILENT);
        Judgement.Variety diversity =
                Milestone.read(outcome.run().milestonesFile()).get(0).score().diversity();
        assertThat(diversity.msSsim()).isBetween(0.0, 1.0);
        assertThat(diversity.featureDistance())
                .as("an untrained generator varies less than rooms do")
                .isBetween(1e-3, diversity.realFeatureDistance());
    }

    @Test
    void aStepThatIsNotFiniteIsTheLastIncident() throws IOException {
        assertThatThrownBy(() -> Training.start(
                        experiment(
                                "training.learningRate=10",
                                "game.discriminatorRate=100",
                                "game.loss=least-squares",
                                "network.discriminator.normalization=none"),
                        runs,
                        TrainingObserver.SILENT))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("is not finite");
        List<Incident> incidents =
                Incident.read(RunDirectory.open(runs.resolve("tiny-001")).incidentsFile());
        assertThat(incidents).singleElement().satisfies(incident -> {
            assertThat(incident.kind()).isEqualTo(Incident.Kind.DIVERGENCE);
            assertThat(incident.step()).isBetween(1L, 6L);
            assertThat(incident.seconds()).isPositive();
            assertThat(incident.message()).contains("is not finite", "training.learningRate");
        });
    }

    @Test
    void aTrainedGeneratorDrawsAnImageTheSameInWhateverBatch() throws IOException {
        Training.Outcome outcome = Training.start(experiment(), runs, TrainingObserver.SILENT);
        try (TrainedGan trained = TrainedGan.open(outcome.run().root(), PLACEMENT)) {
            assertThat(trained.step()).isEqualTo(6);
            Drawing drawing = trained.model().drawing(7, DiffusionModel.ANY);
            Scope.run(() -> {
                Tensor many = drawing.images(0, 5), one = drawing.images(3, 1);
                assertThat(Deviation.largest(many.narrow(0, 3, 1), one)).isLessThan(1e-5);
                assertThat(Deviation.largest(many.narrow(0, 2, 1), one)).isGreaterThan(1e-3);
            });
            Path row = runs.resolve("row.png");
            new GanGallery(trained, Progress.SILENT)
                    .interpolate(new GanGallery.Ends(1, 2, DiffusionModel.ANY), Interpolation.SLERP, 3, row);
            assertThat(row).isNotEmptyFile();
        }
        assertThatThrownBy(() -> TrainedDiffusion.open(outcome.run().root(), PLACEMENT))
                .hasMessageEndingWith("is not a diffusion model");
    }

    @ParameterizedTest
    @CsvSource({
        "game.penalty=r1,network.discriminator.normalization must be spectral or none beside a game.penalty: batch",
        "game.loss=wasserstein,penalty of the loss wasserstein must be gradient: none",
        "training.clip=1,training.clip of a gan must be 0: 1.0",
        "data.size=48,'size must be 16, 32, 64, 128 or 256: 48'",
    })
    void whatDoesNotGoTogetherIsRefused(String override, String message) {
        assertThatThrownBy(() -> experiment(override))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRecipeIsReadAsItIsWritten() {
        GanExperiment experiment = experiment("game.augmentation=[translation]");
        assertThat(Recipe.parse(Recipe.write(experiment), List.of())).isEqualTo(experiment);
    }
}
