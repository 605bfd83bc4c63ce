package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.Variance;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.rooms.JudgeExperiment;
import dev.calotype.settings.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    private static DiffusionExperiment parse(String yaml, String... overrides) {
        return (DiffusionExperiment) Recipe.parse(yaml, List.of(overrides));
    }

    @Test
    void whatARecipeDoesNotSayIsTheDefault() {
        DiffusionExperiment experiment = parse("name: mine\nnetwork: {channels: 96}");
        assertThat(experiment.name()).isEqualTo("mine");
        assertThat(experiment.network().channels()).isEqualTo(96);
        assertThat(experiment.network().multipliers()).containsExactly(1, 2, 2);
        assertThat(experiment.process().variance()).isEqualTo(Variance.LEARNED_RANGE);
        assertThat(experiment.process().loss()).isEqualTo(Loss.HYBRID);
        assertThat(experiment.training().ema()).containsExactly(0.999);
        assertThat(Recipe.parse("kind: judge", List.of())).isInstanceOf(JudgeExperiment.class);
    }

    @Test
    void overridesApplyInOrderAndLast() {
        DiffusionExperiment experiment = parse(
                "seed: 1\ntraining: {batch: 8}",
                "training.batch=16",
                "training.batch=24",
                "network.multipliers=[1, 3]",
                "network.attention=[]",
                "data.source=some/folder",
                "process.loss=simple",
                "process.variance=fixed-small");
        assertThat(experiment.seed()).isEqualTo(1);
        assertThat(experiment.training().batch()).isEqualTo(24);
        assertThat(experiment.network().multipliers()).containsExactly(1, 3);
        assertThat(experiment.network().attention()).isEmpty();
        assertThat(experiment.data().source()).isEqualTo("some/folder");
        assertThat(experiment.process().variance()).isEqualTo(Variance.FIXED_SMALL);
    }

    @Test
    void writingAndParsingGivesTheSameExperiment() {
        DiffusionExperiment experiment = parse(
                "name: round-trip\nseed: -3",
                "training.ema=[0.9, 0.9999]",
                "data.source='C:\\pictures: of #1'",
                "evaluation.against=no",
                "network.heads=2",
                "network.headChannels=0",
                "condition.classes=[\"yes\", \"1\", \"a: b\"]");
        assertThat(Recipe.parse(Recipe.write(experiment), List.of())).isEqualTo(experiment);
        Experiment judge = Recipe.parse("kind: judge\nnoise: 0.125", List.of());
        assertThat(Recipe.parse(Recipe.write(judge), List.of())).isEqualTo(judge);
    }

    @Test
    void aCompleteRecipeLeavesNothingToTheDefaults() {
        assertThat(Recipe.write(parse("name: all")))
                .contains("kind: diffusion", "loss: hybrid", "source: rooms:train", "keep: 2", "heads: 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.bacth=3 | unknown key training.bacth; did you mean training.batch?",
                "trainning.batch=3 | unknown key trainning; did you mean training?",
                "data.wobble=1 | unknown key data.wobble; known are source, size, channels, flip, crop, labels, corruptTolerance, augment, clip",
                "process.loss=hybird | process.loss must be one of simple, hybrid, vlb: hybird",
                "process.loss=HYBRID | process.loss must be one of simple, hybrid, vlb: HYBRID",
                "training.batch=0 | training: batch must be in 1..65536: 0",
                "training.batch=many | training.batch must be a whole number: many",
                "training.batch=1.5 | training.batch must be a whole number: 1.5",
                "training.batch= | training.batch must be a whole number",
                "network.multipliers= | network.multipliers must be a list",
                "network.multipliers=[1, null] | every element of network.multipliers must have a value",
                "network.multipliers=3 | network.multipliers must be a list",
                "network.attention=[x] | network.attention.[0] must be a whole number: x",
                "process.minSnrGamma=high | process.minSnrGamma must be a number: high",
                "name=[a] | name must be a text",
                "name=~ | name must have a value",
                "data=3 | data must be a mapping with the keys source, size, channels, flip, crop, labels, corruptTolerance, augment, clip",
                "training | `set` wants key=value: training",
                "=3 | `set` wants key=value: =3",
                "sampling.steps=5000 | the sampler's steps must be in 1..1000: 5000",
                "network.heads=2 | network: one of heads and headChannels must be above 0, the other 0: 2 and 64",
            })
    void whatIsWrongIsNamedInOneSentence(String override, String message) {
        assertThatThrownBy(() -> parse("seed: 1", override))
                .isInstanceOf(RecipeException.class)
                .hasMessage(message);
    }

    @Test
    void aSizeThatTheNetworkCannotHalveIsRefused() {
        assertThatThrownBy(() -> parse("data: {size: 30}"))
                .hasMessage("data.size must be a multiple of 4, the factor of the network's coarsest level: 30");
    }

    @Test
    void aNameCannotLeaveTheFolderOfRuns() {
        for (String name : new String[] {"../up", "a/b", "", ".hidden"})
            assertThatThrownBy(() -> parse("name: '" + name + "'")).hasMessageContaining("name must be letters");
    }

    @Test
    void aKeyStandsOnce() {
        assertThatThrownBy(() -> parse("seed: 1\nname: a\nseed: 2"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("seed")
                .hasMessageContaining("line 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "just words", "- a\n- b", "3"})
    void aRecipeIsAMapping(String text) {
        assertThatThrownBy(() -> parse(text)).hasMessage("a recipe must be a YAML mapping of keys to values");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [1\nb: 2",
                "a: 1\n\tb: 2",
                "a: \"open",
                "a: *nowhere",
                "name: &here x\nseed: *here",
                "a: {b: 1",
                "- a\nb: 1",
                "%x\na: 1",
                "a: b: c"
            })
    void whatTheParserSaysIsOneSentence(String yaml) {
        assertThatThrownBy(() -> Recipe.parse(yaml, List.of()))
                .isInstanceOf(RecipeException.class)
                .message()
                .contains("is not valid YAML")
                .doesNotEndWith(": ")
                .doesNotContain("\n", "reader", "^");
    }

    @Test
    void brokenYamlIsNamedByItsLine() {
        assertThatThrownBy(() -> parse("seed: 1\nname: [a"))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("a recipe is not valid YAML at line ");
    }

    @Test
    void deepNestingEndsInAMessage() {
        assertThatThrownBy(() -> parse("name: " + "[".repeat(100_000))).isInstanceOf(RecipeException.class);
        assertThatThrownBy(() -> parse("seed: 1", "training.batch=" + "[".repeat(100_000)))
                .isInstanceOf(RecipeException.class);
    }

    @Test
    void anUnknownKindListsTheKinds() {
        assertThatThrownBy(() -> parse("kind: difusion"))
                .hasMessageStartingWith("kind must be one of ")
                .hasMessageContainingAll("diffusion, ", "gan, ", "judge, ")
                .hasMessageEndingWith(", did you mean 'diffusion'?: difusion");
    }

    @Test
    void filesAreNamedInTheirErrors(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.yaml");
        assertThatThrownBy(() -> Recipe.read(file, List.of())).hasMessage("there is no recipe " + file);
        Files.writeString(file, "sead: 3");
        assertThatThrownBy(() -> Recipe.read(file, List.of()))
                .isInstanceOf(RecipeException.class)
                .hasMessage(file + ": unknown key sead; did you mean seed?");
        Files.writeString(file, "name: good");
        assertThat(Recipe.read(file, List.of("seed=4")).seed()).isEqualTo(4);
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Recipe.read(file, List.of())).hasMessage(file + " is too large for a recipe");
    }
}
