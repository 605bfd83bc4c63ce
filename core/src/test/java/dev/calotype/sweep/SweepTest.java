package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Checkout;
import dev.calotype.diffusion.Loss;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.gan.GanExperiment;
import dev.calotype.settings.RecipeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
    private static final String GRID =
            """
            name: grid
            recipe: {training: {steps: 5, minutes: 0}, network: {channels: 32}}
            set: {training.warmup: 2}
            axes:
              process.schedule: [linear, cosine]
              objective:
                simple: {process.loss: simple, process.variance: fixed-small}
                hybrid: {process.loss: hybrid}
            seeds: [3, 4]
            evaluate:
              axes:
                sampling.method: [ddim, ancestral]
                sampling.steps: [10, 20, 50]
            """;

    @TempDir
    private Path folder;

    private Sweep parse(String yaml, String... overrides) {
        return Sweep.parse(yaml, folder, List.of(overrides));
    }

    @Test
    void whatIsJudgedBesidesTheUsualNamesAJudgementAnew() {
        String id = parse(GRID).trials().get(0).variants().get(0).id();
        assertThat(parse(GRID + "  scores: [fid, kid]\n")
                        .trials()
                        .get(0)
                        .variants()
                        .get(0)
                        .id())
                .isEqualTo(id);
        assertThat(parse(GRID + "  scores: [fid, copies]\n")
                        .trials()
                        .get(0)
                        .variants()
                        .get(0)
                        .id())
                .isNotEqualTo(id);
    }

    @Test
    void aGridHasEveryCellWithEverySeed() {
        Sweep sweep = parse(GRID);
        assertThat(sweep.trials()).hasSize(8);
        assertThat(sweep.trials())
                .extracting(trial -> trial.cell() + " " + trial.experiment().seed())
                .startsWith("[linear, simple] 3", "[linear, simple] 4", "[linear, hybrid] 3")
                .doesNotHaveDuplicates();
        Trial last = sweep.trials().get(7);
        DiffusionExperiment experiment = (DiffusionExperiment) last.experiment();
        assertThat(experiment.process().loss()).isEqualTo(Loss.HYBRID);
        assertThat(experiment.training().warmup()).isEqualTo(2);
        assertThat(experiment.network().channels()).isEqualTo(32);
        assertThat(last.variants())
                .extracting(variant -> variant.labels() + " " + ((SamplingSettings) variant.sampling()).steps())
                .containsExactly(
                        "[ddim, 10] 10",
                        "[ddim, 20] 20",
                        "[ddim, 50] 50",
                        "[ancestral, 10] 10",
                        "[ancestral, 20] 20",
                        "[ancestral, 50] 50");
    }

    @Test
    void cellsCanBeListedInsteadOfAGrid() {
        Sweep sweep = parse("{recipe: {data: {size: 32}}, cells: [{name: small, training.batch: 8},"
                + " {name: wide, network.multipliers: [1, 2, 3]}]}");
        assertThat(sweep.axes()).extracting(Axis::name).containsExactly("cell");
        assertThat(sweep.trials()).extracting(Trial::cell).containsExactly(List.of("small"), List.of("wide"));
        DiffusionExperiment wide = (DiffusionExperiment) sweep.trials().get(1).experiment();
        assertThat(wide.network().multipliers()).containsExactly(1, 2, 3);
    }

    @Test
    void wholeRecipesCanBeWhatDiffers() {
        Sweep sweep = parse(
                "{recipes: {plain: {data: {size: 32}}, game: {kind: gan, data: {size: 32}}}, set: {training.batch: 8},"
                        + " axes: {training.learningRate: [0.1, 0.2]}, seeds: [0, 1]}");
        assertThat(sweep.comparesRecipes()).isTrue();
        assertThat(parse(GRID).comparesRecipes()).isFalse();
        assertThat(parse("{recipe: {kind: gan}, axes: {recipe: {a: {training.batch: 4}, b: {training.batch: 8}}}}")
                        .comparesRecipes())
                .as("an axis that only has that name")
                .isFalse();
        assertThat(sweep.trials())
                .extracting(Trial::cell)
                .startsWith(List.of("plain", "0.1"), List.of("plain", "0.1"), List.of("plain", "0.2"))
                .endsWith(List.of("game", "0.2"));
        assertThat(sweep.trials().get(7).experiment()).isInstanceOf(GanExperiment.class);
        assertThat(sweep.trials())
                .allMatch(trial -> trial.experiment().training().batch() == 8);
        assertThat(parse(sweep.text())).isEqualTo(sweep);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "recipes: {a: {kind: judge}} | a sweep wants a recipe of a model of images",
                "recipes: {a: {kind: gan}}, evaluate: {likelihood: {images: 4}} | must be 0 for the kind gan: 4",
                "recipes: {a: {kind: gan}}, evaluate: {axes: {sampling.steps: [2]}} | unknown key sampling",
                "recipes: {a: {kind: gan}}, recipe: {data: {size: 32}} | a sweep has a recipe or recipes, not both",
            })
    void whatIsWrongWithRecipesIsSaid(String sweep, String message) {
        assertThatThrownBy(() -> parse("{" + sweep + "}"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTrialKeepsItsIdAsLongAsItsRecipeStaysTheSame() {
        List<String> ids = ids(parse(GRID));
        assertThat(ids).allMatch(id -> id.matches("[a-z0-9.-]+-[0-9a-f]{10}"));
        assertThat(ids(parse(GRID.replace("[3, 4]", "[3, 4, 5]")))).containsAll(ids);
        assertThat(ids(parse(GRID.replace("[10, 20, 50]", "[10]")))).isEqualTo(ids);
        assertThat(ids(parse(GRID, "training.batch=7"))).doesNotContainAnyElementsOf(ids);
    }

    private static List<String> ids(Sweep sweep) {
        return sweep.trials().stream().map(Trial::id).toList();
    }

    @Test
    void theTextOfASweepIsTheSweep() throws Exception {
        Files.writeString(folder.resolve("mine.yaml"), "data: {size: 64}\n");
        Sweep sweep = parse("{recipe: mine.yaml, axes: {training.batch: [4, 8]}}", "data.source='it''s: here'");
        assertThat(sweep.trials().get(0).experiment().data().source()).isEqualTo("it's: here");
        Files.delete(folder.resolve("mine.yaml"));
        assertThat(parse(sweep.text())).isEqualTo(sweep);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "axis: {training.batch: [1]} | unknown key axis; did you mean axes?",
                "axes: {training.bacth: [1]} | cell [1]: unknown key training.bacth; did you mean training.batch?",
                "axes: {training.batch: [1, 1]} | the axis training.batch has the value 1 twice",
                "axes: {training.batch: 4} | axes.training.batch must be a list of values",
                "axes: {process.loss: [simple]} | cell [simple]: ",
                "axes: [1] | axes must be a mapping of keys to lists of values",
                "seeds: [] | seeds must name at least one",
                "parallel: 0 | parallel must be in 1..64: 0",
                "evaluate: {imags: 3} | unknown key evaluate.imags; did you mean evaluate.images?",
                "evaluate: {images: 3} | evaluate.images must be 0 or at least 64: 3",
                "evaluate: {scores: [fdi]} | scores.[0] must be one of fid, fid-low, fid-high, kid",
                "evaluate: {scores: [bits-per-dim]} | evaluate.scores must be of drawn images",
                "evaluate: {axes: {training.batch: [1]}} | evaluate.axes may vary keys of sampling only",
                "evaluate: {axes: {sampling.steps: [2000]}} | the sampler's steps must be in 1..1000: 2000",
                "evaluate: {likelihood: {images: 4, steps: 2000}} | at most those of the process, 1000: 2000",
                "cells: [{training.batch: 3}] | every element of cells must be a mapping with a name",
            })
    void whatIsWrongIsOneSentenceBeforeAnythingIsTrained(String line, String message) {
        assertThatThrownBy(() -> parse("recipe: {data: {size: 32}}\n" + line))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theSweepsThatComeWithCalotypeCanBeRead() throws Exception {
        try (Stream<Path> files = Files.list(Checkout.root().resolve("recipes/sweeps"))) {
            assertThat(files).hasSizeGreaterThan(5).allSatisfy(file -> {
                Sweep sweep = Sweep.read(file, List.of());
                assertThat(sweep.name() + ".yaml").isEqualTo(file.getFileName().toString());
            });
        }
    }

    @Test
    void aSweepNeedsARecipeThatIsThere() {
        assertThatThrownBy(() -> parse("name: x")).hasMessage("a sweep must have a recipe: a path, or a mapping");
        assertThatThrownBy(() -> parse("recipe: none.yaml")).hasMessageContaining("there is no recipe");
    }
}
