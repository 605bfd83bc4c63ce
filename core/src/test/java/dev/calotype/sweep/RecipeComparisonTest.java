package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.io.Progress;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Score;
import dev.calotype.report.Report;
import dev.calotype.report.ReportFormat;
import dev.calotype.run.TrainingObserver;
import dev.calotype.settings.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeComparisonTest {
    @TempDir
    private Path folder;

    private final Map<String, Path> recipes = new LinkedHashMap<>();

    @BeforeEach
    void write() throws IOException {
        recipes.put("game", folder.resolve("game.yaml"));
        recipes.put("noise", folder.resolve("noise.yaml"));
        Files.writeString(
                recipes.get("game"),
                """
                kind: gan
                data: {source: "rooms:train", size: 32}
                network: {generator: {latent: 4, width: 4}, discriminator: {width: 4}}
                training: {ema: [0.9]}
                evaluation: {against: "rooms:test"}
                """);
        Files.writeString(
                recipes.get("noise"),
                """
                data: {source: "rooms:train", size: 32}
                network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
                process: {steps: 4}
                sampling: {steps: 2}
                training: {ema: [0.5], warmup: 1}
                evaluation: {against: "rooms:test"}
                """);
    }

    private RecipeComparison comparison() {
        return new RecipeComparison("both", recipes, 1, List.of(7L), 1, 128, 128);
    }

    @Test
    void everyRecipeHasTheSameTimeAndTheSameMoments() {
        Sweep sweep = comparison().sweep(List.of("training.batch=8"));
        assertThat(sweep.trials()).extracting(Trial::cell).containsExactly(List.of("game"), List.of("noise"));
        assertThat(sweep.trials()).extracting(Trial::generative).allSatisfy(experiment -> {
            assertThat(experiment.seed()).isEqualTo(7);
            assertThat(experiment.training().minutes()).isEqualTo(1);
            assertThat(experiment.training().checkpointSeconds()).isEqualTo(7.5);
            assertThat(experiment.training().batch()).isEqualTo(8);
            assertThat(experiment.evaluation().duringTraining()).isEqualTo(128);
        });
    }

    @Test
    void allThatTheMeasuresOfAComparisonFindIsShownInTheirOrder() {
        Measurement plan = comparison().sweep(List.of()).measurement();
        assertThat(plan.scores().stream().map(Column::name))
                .containsExactlyElementsOf(Measure.scores().stream()
                        .map(Score::name)
                        .filter(name ->
                                plan.measures().contains(Column.named(name).measure()))
                        .toList())
                .startsWith("fid", "fid-low", "fid-high", "kid")
                .contains("density", "diversity", "copies")
                .doesNotContain("sfid", "lpips");
    }

    @Test
    void otherDataForOneOfThemIsRefused() throws IOException {
        Files.writeString(recipes.get("noise"), "data: {source: \"rooms:train\", size: 64}");
        assertThatThrownBy(() -> comparison().sweep(List.of()))
                .isInstanceOf(RecipeException.class)
                .hasMessage(
                        "recipes must learn from the same data: game from rooms:train at 32 px (3 channels, flip none),"
                                + " noise from rooms:train at 64 px (3 channels, flip none); give `data`, or `set` data.size=... and"
                                + " so on");
        assertThat(comparison().sweep(List.of("data.size=32")).trials()).hasSize(2);
    }

    @Test
    void theJudgeAndTheReferenceFollowOtherData() {
        Sweep rooms = comparison().sweep(List.of());
        assertThat(rooms.trials()).allSatisfy(trial -> {
            assertThat(rooms.measurement().network(trial.generative())).isEqualTo("rooms");
            assertThat(rooms.measurement().against(trial.generative())).isEqualTo("rooms:test");
        });
        Sweep photographs = comparison().sweep(List.of("data.source='my photographs'"));
        assertThat(photographs.trials()).allSatisfy(trial -> {
            assertThat(photographs.measurement().network(trial.generative())).isEqualTo("scattering");
            assertThat(photographs.measurement().against(trial.generative())).isEqualTo("my photographs");
        });
    }

    @Test
    void theJudgeOfRoomsIsRefusedForOtherDataBeforeAnythingIsTrained() {
        assertThatThrownBy(() -> comparison().sweep(List.of("data.source=photographs", "evaluation.network=rooms")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("belongs to rooms alone, and photographs is another data set");
        assertThat(comparison()
                        .sweep(List.of(
                                "data.source=photographs", "evaluation.network=rooms", "evaluation.foreignJudge=allow"))
                        .trials())
                .hasSize(2);
    }

    @Test
    void whatASweepNamesForAllCellsGivesWayToOtherData() {
        String named =
                """
                recipe: {data: {source: "rooms:train", size: 32}}
                evaluate: {against: "rooms:test", network: rooms}
                """;
        Sweep sweep = Sweep.parse(named, folder, List.of("data.source=photographs"));
        assertThat(sweep.measurement().against(sweep.trials().get(0).generative()))
                .isEqualTo("photographs");
        assertThat(sweep.measurement().network(sweep.trials().get(0).generative()))
                .isEqualTo("scattering");
        Sweep other = Sweep.parse(named, folder, List.of("evaluation.network=inception"));
        assertThat(other.measurement().network(other.trials().get(0).generative()))
                .isEqualTo("inception");
        assertThatThrownBy(() -> Sweep.parse(
                        named.replace("network: rooms", "network: rooms, likelihood: {data: mine, images: 64}"),
                        folder,
                        List.of("data.source=photographs")))
                .hasMessageContaining("evaluate.likelihood.data must be empty or a part");
    }

    @Test
    @Tag("slow")
    void aGanAndADiffusionModelEndInOneTableAndOneReport() throws IOException {
        Sweep sweep = comparison()
                .sweep(List.of(
                        "training.steps=2", "training.batch=4", "training.workers=1", "training.precision=fp32"));
        SweepDirectory directory = SweepDirectory.create(folder, sweep);
        SweepTable table = new SweepRun(sweep, directory, TrainingObserver.SILENT, Progress.SILENT).all();
        assertThat(table.rows()).hasSize(2).allSatisfy(row -> {
            assertThat(row.values())
                    .containsKeys("fid", "kid", "coverage", "diversity", "memory-mb", "sampling-seconds");
            assertThat(row.values().get("fid").mean())
                    .isBetween(
                            row.values().get("fid-low").mean(),
                            row.values().get("fid-high").mean());
        });
        assertThat(Files.readString(Report.write(directory.root(), ReportFormat.HTML)))
                .contains(
                        "Different recipes were trained on the same data",
                        "Against the clock",
                        "seconds of training",
                        "Between two samples",
                        "Losses of game",
                        "Losses of noise",
                        "The trainings themselves",
                        "Each was trained with one seed",
                        "<figcaption>game</figcaption>");
    }
}
