package dev.calotype.model.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.PatchDiscriminator.Config;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchDiscriminatorTest extends InScope {
    /** {@code bench/peers/golden_patches.py}. */
    @Test
    void answersAsTheLayersOfPix2pixInPyTorchDo() {
        JsonNode golden = Golden.json("latent/patches.json");
        PatchDiscriminator network = new PatchDiscriminator(new Config(3, 4, 2), Rng.of(0));
        Map<String, Tensor> parameters = Tensors.parameters(network);
        assertThat(parameters.keySet())
                .containsExactlyElementsOf(names(golden.get("names")).keySet());
        Scope.read(() -> {
            parameters.forEach((name, parameter) -> {
                Tensor value = FormulaWeights.weight(name, Tensors.shape(parameter));
                boolean gain = parameter.dim() == 1 && name.endsWith("weight");
                parameter.copy_(gain ? value.add(new Scalar(1.0)) : value);
            });
            return null;
        });
        Tensor answers = network.forward(FormulaWeights.unit("x", 2, 3, 32, 32));
        assertThat(Tensors.shape(answers)).containsExactly(2, 1, 6, 6);
        assertThat(Tensors.doubles(answers)).containsExactly(Golden.doubles(golden.get("answers")), within(1e-4));
    }

    private static Map<String, String> names(JsonNode list) {
        Map<String, String> names = new LinkedHashMap<>();
        list.forEach(name -> names.put(name.asText(), ""));
        return names;
    }

    @ParameterizedTest
    @CsvSource({"1, 16", "2, 34", "3, 70"})
    void anAnswerIsAboutASquareOfItsField(int layers, int field) {
        assertThat(new Config(3, 4, layers).field()).isEqualTo(field);
    }

    @Test
    void theSmallestPictureHasOneAnswer() {
        Config config = new Config(3, 4, 2);
        int side = config.smallest();
        Tensor answers = new PatchDiscriminator(config, Rng.of(0)).forward(FormulaWeights.unit("x", 2, 3, side, side));
        assertThat(Tensors.shape(answers)).containsExactly(2, 1, 1, 1);
    }

    @Test
    void shapesThatAreNoneAreNamed() {
        assertThatThrownBy(() -> new Config(3, 0, 2)).hasMessage("width must be in 1..1024: 0");
        assertThatThrownBy(() -> new Config(3, 8, 6)).hasMessage("layers must be in 1..5: 6");
    }
}
