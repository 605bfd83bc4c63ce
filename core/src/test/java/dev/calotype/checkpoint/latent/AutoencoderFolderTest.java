package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what diffusers itself writes: the configs and names of bench/peers/golden_autoencoders.py. */
class AutoencoderFolderTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDEN = Golden.json("latent/autoencoders.json");

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN).stream()
                .filter(name -> GOLDEN.get(name).has("config"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatWasReadIsWrittenWithTheSameNamesShapesAndValues(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        Path theirs = Files.createDirectory(folder.resolve("theirs")), ours = folder.resolve("ours");
        JSON.writeValue(theirs.resolve("config.json").toFile(), made.get("config"));
        Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
        SafeTensors.write(theirs.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
        try (var read = DiffusersAutoencoder.read(theirs, Precision.FP32)) {
            assertThat(AutoencoderFolder.write(ours, (LatentNetwork) read.value()))
                    .isEmpty();
        }
        Map<String, StoredTensor> written = WeightFile.stored(ours.resolve("diffusion_pytorch_model.safetensors"));
        assertThat(written).containsOnlyKeys(weights.keySet());
        for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
            StoredTensor found = written.get(weight.getKey());
            assertThat(found.shape()).as(weight.getKey()).containsExactly(Tensors.shape(weight.getValue()));
            assertThat(Tensors.doubles(found.read()))
                    .as(weight.getKey())
                    .containsExactly(Tensors.doubles(weight.getValue()));
        }
        JsonNode config = JSON.readTree(ours.resolve("config.json").toFile());
        for (var setting : config.properties())
            if (!setting.getKey().equals("_diffusers_version"))
                assertThat(setting.getValue().asText())
                        .as(setting.getKey())
                        .isEqualTo(made.at("/config/" + setting.getKey()).asText());
    }

    @Test
    void statisticsOfLatentsAreWrittenAndReadBack() throws IOException {
        LatentScale scale = new LatentScale(1, 0, List.of(0.5, -0.25), List.of(2.0, 3.0));
        var config = new KlAutoencoder.Config(3, 2, List.of(8, 16), 1, 4, Activation.SILU, true, true, true, scale);
        try (KlAutoencoder network = new KlAutoencoder(config, Rng.of(1))) {
            List<String> notes = AutoencoderFolder.write(folder.resolve("made"), network);
            assertThat(notes).hasSize(1);
            Tensor x = FormulaWeights.unit("x", 2, 3, 8, 8);
            try (var read = DiffusersAutoencoder.read(folder.resolve("made"), Precision.FP32)) {
                Autoencoder again = read.value();
                assertThat(Tensors.doubles(again.encode(x))).containsExactly(Tensors.doubles(network.encode(x)));
            }
        }
    }
}
