package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.Condition;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_transformers.py made what is compared with. */
class DiffusersTransformerTest extends InScope {
    private static final JsonNode GOLDEN = Golden.json("latent/transformers.json");

    /** A network of a config, with the weights of a formula. */
    private static StoredNetwork stored(String name, JsonNode config) {
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        Map<String, Tensor> made = FormulaWeights.ofUNet(GOLDEN.get(name).get("weights"));
        made.forEach((key, weight) -> {
            String first = key.replaceFirst("blocks\\.\\d+\\.norm1\\.emb", "blocks.0.norm1.emb");
            weights.put(key, StoredTensor.of(made.get(first)));
        });
        return StoredNetwork.of(Path.of(name), config, () -> weights);
    }

    private static StoredNetwork stored(String name) {
        return stored(name, GOLDEN.get(name).get("config"));
    }

    private static Tensor forward(String name, Precision precision) throws IOException {
        Told told = new Told(FormulaWeights.unit("tokens", 2, 7, 12), FormulaWeights.unit("pooled", 2, 10), null, null);
        try (var read = DiffusersTransformer.read(stored(name), precision)) {
            return read.value().forward(FormulaWeights.unit("x", 2, 4, 8, 12), Tensors.of(3.25, 741.5), told);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd3", "sd35"})
    void stableDiffusion3GivesWhatDiffusersGives(String name) throws IOException {
        FormulaWeights.check(forward(name, Precision.FP32), GOLDEN.get(name).get("output"), 1e-4);
    }

    @Test
    void inBf16ItGivesNearlyTheSame() throws IOException {
        assertThat(Deviation.relative(forward("sd3", Precision.BF16), forward("sd3", Precision.FP32)))
                .isLessThan(0.03);
    }

    @Test
    void ditGivesWhatDiffusersGives() throws IOException {
        try (var read = DiffusersTransformer.readDit(stored("dit"), Precision.FP32)) {
            Tensor out = read.value()
                    .forward(FormulaWeights.unit("x", 2, 4, 8, 8), Tensors.of(3.0, 741.0), Condition.ofLabels(1, 5));
            FormulaWeights.check(out, GOLDEN.get("dit").get("output"), 1e-4);
        }
    }

    @Test
    void whatItMustBeToldAndIsNotIsNamed() throws IOException {
        try (var read = DiffusersTransformer.read(stored("sd3"), Precision.FP32)) {
            Tensor tokens = FormulaWeights.unit("tokens", 2, 7, 12), x = FormulaWeights.unit("x", 2, 4, 8, 8);
            assertThatThrownBy(() -> read.value().forward(x, Tensors.of(1.0, 2.0), Told.of(tokens)))
                    .hasMessage("the network wants a vector of a text with 10 values: none");
            assertThatThrownBy(() -> read.value().forward(x.narrow(2, 0, 7), Tensors.of(1.0, 2.0), Told.of(tokens)))
                    .hasMessage("the network wants (N, 4, H, W) with multiples of 2: [2, 4, 7, 8]");
            Told told = new Told(tokens, FormulaWeights.unit("pooled", 2, 10), null, null);
            assertThatThrownBy(() ->
                            read.value().forward(FormulaWeights.unit("x", 2, 4, 8, 14), Tensors.of(1.0, 2.0), told))
                    .hasMessage("latents must have sides of at most 12: 8 x 14");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sd3|caption_projection_dim|12|caption_projection_dim must be the width of the blocks, 16: 12",
                "sd3|num_attention_heads|0|must be the width of the blocks, 0: 16",
                "sd3|patch_size|99|patch must be in 1..32: 99",
            })
    void settingsThatAreNotHonouredAreNamed(String name, String key, int value, String said) {
        ObjectNode config = GOLDEN.get(name).get("config").deepCopy();
        config.put(key, value);
        assertThatThrownBy(() -> DiffusersTransformer.config(stored(name, config)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(said);
    }

    @Test
    void blocksThatAreToldOfTheTimeEachInItsOwnWayAreRefused() throws IOException {
        StoredNetwork whole = stored("dit");
        Map<String, StoredTensor> weights = new LinkedHashMap<>(whole.weights());
        String name = "transformer_blocks.1.norm1.emb.timestep_embedder.linear_1.bias";
        weights.put(name, weights.get(name).changed(bias -> bias.add(bias)));
        assertThatThrownBy(() -> DiffusersTransformer.readDit(whole.with(() -> weights), Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("these differ from those of the first: [" + name + "]");
    }
}
