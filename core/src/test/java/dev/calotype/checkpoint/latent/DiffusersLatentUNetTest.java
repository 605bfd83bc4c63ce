package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.Told;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
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

/** Against diffusers: bench/peers/golden_text_unets.py made what is compared with. */
class DiffusersLatentUNetTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDEN = Golden.json("latent/unets.json");

    @TempDir
    static Path weights;

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN);
    }

    /** Weights are computed once for all tests. */
    private void save(JsonNode config, String name) throws IOException {
        Path made = weights.resolve(name + ".safetensors");
        if (!Files.exists(made))
            SafeTensors.write(made, FormulaWeights.ofUNet(GOLDEN.get(name).get("weights")), Map.of("format", "pt"));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        Files.copy(made, folder.resolve("diffusion_pytorch_model.safetensors"));
    }

    private static Told told(JsonNode config) {
        Tensor tokens = FormulaWeights.unit("tokens", 2, 7, 12), pooled = null, sizes = null, guidance = null;
        if (!config.get("addition_embed_type").isNull()) {
            int ids = (config.get("projection_class_embeddings_input_dim").asInt() - 10) / 8;
            pooled = FormulaWeights.unit("pooled", 2, 10);
            sizes = Tensors.scale(500, FormulaWeights.unit("ids", 2, ids).add(new Scalar(1.0)));
        }
        if (config.get("time_cond_proj_dim").isInt()) guidance = FormulaWeights.unit("guidance", 2, 6);
        return new Told(tokens, pooled, sizes, guidance);
    }

    private static Tensor forward(LatentUNet network, JsonNode config) {
        Tensor x = FormulaWeights.unit("x", 2, network.config().in(), 8, 12);
        return network.forward(x, Tensors.of(3.0, 741.0), told(config));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyFamilyGivesWhatDiffusersGives(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        save(made.get("config"), name);
        try (var read = DiffusersLatentUNet.read(folder, Precision.FP32)) {
            FormulaWeights.check(forward(read.value(), made.get("config")), made.get("output"), 1e-4);
        }
    }

    /** diffusers' own bf16 of this network is 0.023 away from its fp32. */
    @Test
    void inBf16ItGivesNearlyTheSame() throws IOException {
        JsonNode made = GOLDEN.get("sd1");
        save(made.get("config"), "sd1");
        try (var exact = DiffusersLatentUNet.read(folder, Precision.FP32);
                var read = DiffusersLatentUNet.read(folder, Precision.BF16)) {
            Tensor expected = forward(exact.value(), made.get("config"));
            assertThat(Deviation.relative(forward(read.value(), made.get("config")), expected))
                    .isLessThan(0.03);
        }
    }

    @Test
    void whatItMustBeToldAndIsNotIsNamed() throws IOException {
        JsonNode made = GOLDEN.get("xl");
        save(made.get("config"), "xl");
        try (var read = DiffusersLatentUNet.read(folder, Precision.FP32)) {
            Tensor tokens = FormulaWeights.unit("tokens", 2, 7, 12), x = FormulaWeights.unit("x", 2, 4, 8, 8);
            Told told = told(made.get("config"));
            assertThatThrownBy(() -> read.value().forward(x, Tensors.of(1.0, 2.0), Told.of(tokens)))
                    .hasMessage("the network wants a vector of the text, as XL does");
            assertThatThrownBy(() -> read.value()
                            .forward(x, Tensors.of(1.0, 2.0), new Told(tokens, told.sizes(), told.sizes(), null)))
                    .hasMessageContaining("must make 58 values together: 54");
            assertThatThrownBy(() -> read.value().forward(x.narrow(2, 0, 6), Tensors.of(1.0, 2.0), told))
                    .hasMessageContaining("latents must be (N, 4, h, w) with multiples of 4: [2, 4, 6, 8]");
        }
    }

    @Test
    void inpaintingTakesNineChannels() throws IOException {
        JsonNode made = GOLDEN.get("inpainting");
        save(made.get("config"), "inpainting");
        assertThat(DiffusersLatentUNet.config(StoredNetwork.in(folder)).in()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            sd1 | mid_block_type                | "UNetMidBlock2DSimpleCrossAttn" | mid_block_type must be "UNetMidBlock2DCrossAttn", others are not honoured
            sd1 | only_cross_attention          | true                  | only_cross_attention must be false, others are not honoured: 'true'
            sd1 | class_embed_type              | "projection"          | class_embed_type must be null, others are not honoured
            sd1 | num_class_embeds              | 1000                  | num_class_embeds must be null, others are not honoured: '1000'
            sd1 | encoder_hid_dim_type          | "image_proj"          | encoder_hid_dim_type must be null
            sd1 | addition_embed_type           | "text_image"          | addition_embed_type must be "text_time"
            sd1 | resnet_time_scale_shift       | "scale_shift"         | resnet_time_scale_shift must be "default"
            sd1 | attention_type                | "gated"               | attention_type must be "default"
            sd1 | down_block_types              | ["DownBlock2D"]       | down_block_types must name 3 levels
            sd1 | down_block_types              | ["SimpleCrossAttnDownBlock2D", "DownBlock2D", "DownBlock2D"] | must be DownBlock2D or CrossAttnDownBlock2D: 'SimpleCrossAttn
            sd1 | up_block_types                | ["UpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"] | in the other order
            sd1 | attention_head_dim            | [2, 4]                | attention_head_dim must be 3 numbers: [2, 4]
            sd1 | attention_head_dim            | 5                     | heads must divide the width 16: 5
            sd1 | cross_attention_dim           | [12, 12, 16]          | cross_attention_dim must be one number
            sd1 | cross_attention_dim           | 16                    | wants shape [
            sd1 | layers_per_block              | 1                     | unexpected: 'down_blocks.0.attentions.1.
            sd1 | layers_per_block              | 3                     | missing: down_blocks.0.attentions.2.
            sd1 | time_embedding_dim            | 128                   | time_embedding_dim must be 64: 128
            sd1 | act_fn                        | "elu"                 | act_fn must be one of
            sd1 | block_out_channels            | [16, 32, 2000000000]  | width must be in 4..16384
            xl  | transformer_layers_per_block  | [1, 2, 1000]          | must be in 1..100: 1000
            xl  | transformer_layers_per_block  | [1, 2, 2]             | unexpected: 'down_blocks.2.attentions.0.transformer_blocks.2.
            xl  | projection_class_embeddings_input_dim | null          | projection_class_embeddings_input_dim must be at least 1: 0
            xl  | addition_embed_type           | null                  | 4 unexpected: 'add_embedding.linear_1.bias'
            xl  | _class_name                   | "UNet2DModel"         | _class_name must be UNet2DConditionModel
            """)
    void whatIsNotHonouredIsRefusedByItsName(String name, String setting, String value, String reason)
            throws IOException {
        JsonNode made = GOLDEN.get(name);
        ObjectNode config = made.get("config").deepCopy();
        config.set(setting, JSON.readTree(value));
        save(config, name);
        assertThatThrownBy(() -> DiffusersLatentUNet.read(folder, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }
}
