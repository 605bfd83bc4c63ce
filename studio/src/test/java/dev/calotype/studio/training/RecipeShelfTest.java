package dev.calotype.studio.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.Lane;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request may set of a recipe names no file; what it asks of a judgement can be. */
class RecipeShelfTest {
    private static final String SECRET = "/etc/hostname";

    /** Lists of words that people read, and nobody opens. */
    private static final Set<String> WORDS = Set.of("condition.classes");

    @TempDir
    private Path folder;

    /** Every key of a tree whose value is a text or a list. */
    private static void keys(String prefix, JsonNode tree, List<String> into) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String key = prefix + field.getKey();
            if (field.getValue().isObject()) keys(key + ".", field.getValue(), into);
            else if (field.getValue().isTextual() || field.getValue().isArray()) into.add(key);
        }
    }

    @Test
    void noKeyOfAnyKindThatMayBeSetTakesAPath() {
        for (String kind : Kinds.names()) requireNone("kind: " + kind);
        requireNone("kind: gan\nnetwork: {architecture: stylegan2}");
        requireNone("kind: classifier\ndata: {source: moving}\nnetwork: {architecture: vivit}");
    }

    private static void requireNone(String recipe) {
        ObjectNode layer = Yaml.object(recipe, "a recipe");
        List<String> keys = new ArrayList<>();
        keys("", Kinds.named(layer.remove("kind").asText()).defaults(List.of(layer)), keys);
        assertThat(keys).as(recipe).contains("training.tune.from", "training.device");
        for (String key : keys) {
            if (!RecipeShelf.maySet(key) || WORDS.contains(key)) continue;
            for (String value : List.of(SECRET, "[" + SECRET + "]"))
                assertThatThrownBy(() -> Recipe.parse(recipe, List.of(key + "=" + value)))
                        .as(recipe + ": " + key + "=" + value)
                        .isInstanceOf(RecipeException.class);
        }
    }

    @Test
    void aJudgementWaitsForNoTrainingAndHasPicturesEnough() throws IOException {
        assertThat(new JudgeWork("a", Optional.empty(), List.of(), Optional.empty(), arguments -> null).lane())
                .isNotEqualTo(new TrainWork(null, null, null).lane());
        AllowedFolders none = new AllowedFolders(List.of());
        JudgeType judge = new JudgeType(new ModelCatalog(none, folder.resolve("list")), none, folder, given -> null);
        var request = JsonNodeFactory.instance.objectNode().put("left", "rooms").put("right", "rooms:test");
        assertThatThrownBy(() -> judge.check(request.put("images", EvaluationProtocol.MINIMUM - 1)))
                .hasMessage("images must be a whole number in 64..50000: 63");
        assertThat(judge.check(request.put("images", EvaluationProtocol.MINIMUM))
                        .lane())
                .isEqualTo(Lane.JUDGEMENT);
    }

    private void order(String key, String value) throws IOException {
        Files.writeString(folder.resolve("rooms.yaml"), "seed: 1\n");
        var request = JsonNodeFactory.instance.objectNode();
        request.putObject("set").put(key, value);
        new RecipeShelf(folder, new AllowedFolders(List.of())).order("rooms", new Fields(request));
    }

    @Test
    void whatIsBegunWithAndRehearsedIsRefusedInWhateverSpelling() {
        for (String key : List.of("training.tune.from", "training.tune.rehearsal.source", "training.tune.adapters"))
            assertThatThrownBy(() -> order(key, SECRET))
                    .hasMessageContaining("set may name values of")
                    .hasMessageContaining(key);
        assertThatThrownBy(() -> order("training.tune", "{from: " + SECRET + "}"))
                .hasMessageContaining("set may name values of");
        for (String end : List.of("\n", "\r", "\u0085", "\u2028", "\u2029"))
            assertThatThrownBy(() -> order("training.steps", "1" + end + "  tune:" + end + "    from: " + SECRET))
                    .as("line break " + (int) end.charAt(0))
                    .hasMessageContaining("training.steps must be one short line");
        assertThatCode(() -> order("training.steps", "1")).doesNotThrowAnyException();
    }
}
