package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeTest {
    private static void check(String kind, String override) throws IOException {
        Experiment kept = Recipe.parse("kind: " + kind + "\n", List.of());
        for (Change change : Change.between(kept, Recipe.with(kept, List.of(override))))
            change.check(RunDirectory.at(Path.of("run")));
    }

    @ParameterizedTest
    @CsvSource({
        "clip, image.heads=4",
        "clip, text.heads=2",
        "clip, text.cleaning=transformers",
        "clip, text.context=64",
        "clip, embedding=64",
        "clip, loss=sigmoid",
        "autoencoder, loss.adversarial.weight=0.5"
    })
    void whatTheWeightsMeanStays(String kind, String override) {
        assertThatThrownBy(() -> check(kind, override))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        override.substring(0, override.indexOf('=')) + " of run cannot be changed any more");
    }

    @ParameterizedTest
    @CsvSource({"clip, text.sentences=words", "clip, training.batch=128", "autoencoder, loss.kl=0.001"})
    void theRestMayChange(String kind, String override) {
        assertThatCode(() -> check(kind, override)).doesNotThrowAnyException();
    }
}
