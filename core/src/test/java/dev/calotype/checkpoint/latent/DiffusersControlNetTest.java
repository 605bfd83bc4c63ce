package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.ControlNet;
import dev.calotype.model.latent.Steering;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers: bench/peers/golden_controls.py made what is compared with. */
class DiffusersControlNetTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDEN = Golden.json("latent/controls.json").get("networks");

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN);
    }

    private void save(JsonNode made, JsonNode config) throws IOException {
        Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
        SafeTensors.write(folder.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
    }

    private static Told told(JsonNode made) {
        Tensor tokens = FormulaWeights.unit("tokens", 2, 7, 12);
        if (made.get("config").get("addition_embed_type").isNull()) return Told.of(tokens);
        Tensor sizes = Tensors.scale(500, FormulaWeights.unit("ids", 2, 6).add(new Scalar(1.0)));
        return new Told(tokens, FormulaWeights.unit("pooled", 2, 10), sizes, null);
    }

    private static Tensor picture(ControlNet network) {
        int factor = network.hint().factor();
        Tensor pixels = FormulaWeights.pixels("picture", 2, 3, 8L * factor, 12L * factor)
                .narrow(0, 0, 1);
        return Tensors.scale(1 / 255.0, pixels.to(org.bytedeco.pytorch.global.torch.ScalarType.Float));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsAddedToEveryMapIsWhatDiffusersAdds(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        save(made, made.get("config"));
        try (var read = DiffusersControlNet.of(StoredNetwork.in(folder)).read(Precision.FP32)) {
            ControlNet network = read.value();
            Tensor x = FormulaWeights.unit("x", 2, 4, 8, 12);
            Steering steering =
                    network.forward(x, Tensors.of(3.0, 741.0), told(made), network.sight(picture(network)), 0.7);
            assertThat(steering.skips()).hasSize(made.get("skips").size());
            for (int i = 0; i < steering.skips().size(); i++)
                FormulaWeights.check(steering.skips().get(i), made.get("skips").get(i), 1e-4);
            FormulaWeights.check(steering.middle(), made.get("middle"), 1e-4);
        }
    }

    @Test
    void aPictureOfOtherSidesOrChannelsIsRefused() throws IOException {
        JsonNode made = GOLDEN.get("bgr");
        save(made, made.get("config"));
        try (var read = DiffusersControlNet.of(StoredNetwork.in(folder)).read(Precision.FP32)) {
            ControlNet network = read.value();
            Tensor sight = network.sight(picture(network)), x = FormulaWeights.unit("x", 2, 4, 8, 8);
            assertThatThrownBy(() -> network.forward(x, Tensors.of(3.0, 741.0), told(made), sight, 1))
                    .hasMessage("latents of 8 x 8 are steered by a picture whose map is of 12 x 8");
            assertThatThrownBy(() -> network.sight(picture(network).narrow(1, 0, 1)))
                    .hasMessage("the picture must be (1, 3, H, W): [1, 1, 16, 24]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            global_pool_conditions                | true                   | global_pool_conditions must be false, others are not honoured: 'true'
            controlnet_conditioning_channel_order | "grb"                  | controlnet_conditioning_channel_order must be one of [bgr, rgb]: '"grb"'
            conditioning_embedding_out_channels   | [8, 12, 12]            | missing: controlnet_cond_embedding.blocks.2.
            conditioning_channels                 | 0                      | channels of the picture must be in 1..1024: 0
            class_embed_type                      | "projection"           | class_embed_type must be null, others are not honoured
            mid_block_type                        | "UNetMidBlock2D"       | mid_block_type must be "UNetMidBlock2DCrossAttn"
            _class_name                           | "UNet2DConditionModel" | _class_name must be ControlNetModel: '"UNet2DConditionModel"'
            """)
    void aSettingThatIsNotHonouredIsNamed(String key, String value, String said) throws IOException {
        JsonNode made = GOLDEN.get("bgr");
        ObjectNode config = made.get("config").deepCopy();
        save(made, config.set(key, JSON.readTree(value)));
        assertThatThrownBy(() -> DiffusersControlNet.of(StoredNetwork.in(folder))
                        .read(Precision.FP32)
                        .close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(said);
    }
}
