package dev.calotype.kind.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.metric.Variety;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingTest;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.RecipeException;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.train.DivergenceException;
import java.io.IOException;
import java.nio.file.Files;
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

    /** A small StyleGAN2 whose penalties are due within the six steps. */
    private static final String STYLES =
            "network.architecture=stylegan2 network.latent=8 network.style=8 network.mapping=2"
                    + " network.base=128 network.widest=8 game.penaltyEvery=2 game.pathLengthEvery=2";

    private static GanExperiment experiment(String... overrides) {
        List<String> all = new ArrayList<>(TINY);
        all.addAll(List.of(overrides));
        if (all.contains("network.architecture=stylegan2")) all.removeIf(o -> o.matches("network\\.\\w+\\..*"));
        return (GanExperiment) Recipe.parse("kind: gan\nseed: 5", all);
    }

    private static Request request(long seed) {
        return new Request(GanSampling.USUAL, seed, Request.ANY);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "training.precision=bf16",
                "network.discriminator.normalization=spectral game.penalty=r1 game.loss=hinge game.augmentation=[colour,cutout]",
                STYLES
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
                .allSatisfy(m -> assertThat(m.score().number("fid")).isEqualTo(m.validation()));
    }

    @Test
    void noCheckpointIsTheBestAfterACollapse() throws IOException {
        Training.Outcome stopped = Training.start(experiment(), runs, TrainingTest.stoppingAfter(3));
        Path best = stopped.run().checkpoints().resolve("best.json");
        assertThat(best).exists();
        Files.delete(best);
        new Incident(2, 1, Incident.Kind.COLLAPSE, "all alike")
                .append(stopped.run().incidentsFile());
        assertThat(Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT)
                        .step())
                .isEqualTo(6);
        assertThat(best).doesNotExist();
    }

    @Test
    void milestonesTellHowDifferentTheImagesAre() throws IOException {
        Training.Outcome outcome = Training.start(experiment(), runs, TrainingObserver.SILENT);
        Variety diversity =
                Milestone.read(outcome.run().milestonesFile()).get(0).score().as("diversity", Variety.class);
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
            Drawing drawing = trained.drawing(request(7));
            Scope.run(() -> {
                Tensor many = drawing.images(0, 5), one = drawing.images(3, 1);
                assertThat(Deviation.largest(many.narrow(0, 3, 1), one)).isLessThan(1e-5);
                assertThat(Deviation.largest(many.narrow(0, 2, 1), one)).isGreaterThan(1e-3);
            });
            Path row = runs.resolve("row.png");
            new Gallery(trained, Progress.SILENT).interpolate(request(1), 2, Interpolation.SLERP, 3, row);
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
        "training.optimizer=muon,training.optimizer of a gan must be adamw: muon",
        "data.size=48,'size must be 16, 32, 64, 128 or 256: 48'",
        "game.pathLength=2,'game.pathLength must be 0 with network.architecture dcgan, which has no styles: 2.0'",
        "network.architecture=vae,'network.architecture must be one of dcgan, stylegan2: vae'",
        "network.architecture=stylegan2 condition.by=label,'condition.by must be none with network.architecture stylegan2'",
        "network.architecture=stylegan2 data.size=48,size must be a power of two in 8..1024: 48",
        "network.architecture=stylegan2 network.width=64,unknown key network.width",
        "network.style=64,unknown key network.style",
    })
    void whatDoesNotGoTogetherIsRefused(String override, String message) {
        assertThatThrownBy(() -> experiment(override.split(" ")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRecipeIsReadAsItIsWritten() {
        for (String overrides : List.of("game.augmentation=[translation]", STYLES)) {
            GanExperiment experiment = experiment(overrides.split(" "));
            assertThat(Recipe.parse(Recipe.write(experiment), List.of())).isEqualTo(experiment);
        }
    }

    @Test
    void aRecipeWrittenBeforeThereWereArchitecturesIsOfDcgan() {
        GanExperiment experiment = experiment();
        String before = Recipe.write(experiment).replaceAll("(?m)^ *(architecture|pathLength\\w*): .*\\R", "");
        assertThat(before).doesNotContain("dcgan", "path");
        assertThat(Recipe.parse(before, List.of())).isEqualTo(experiment);
    }

    @Test
    void theArchitectureBringsItsOwnDefaults() {
        GanExperiment experiment = (GanExperiment) Recipe.parse(
                "kind: gan\nnetwork: {architecture: stylegan2, latent: 64}", List.of("game.penaltyEvery=8"));
        assertThat(experiment.network()).isEqualTo(new GanNetworks.StyleGan2(64, 128, 4, 2048, 128));
        assertThat(experiment.game().penaltyEvery()).isEqualTo(8);
        assertThat(experiment.game().pathLength()).isEqualTo(2);
        assertThat(experiment.training().beta2()).isEqualTo(0.99);
    }
}
