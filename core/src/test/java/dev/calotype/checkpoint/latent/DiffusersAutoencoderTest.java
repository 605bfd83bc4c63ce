package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.Shared;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers and taesd.py: bench/peers/golden_autoencoders.py made what is compared with. */
class DiffusersAutoencoderTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode GOLDEN = Golden.json("latent/autoencoders.json");

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN).stream()
                .filter(name -> !name.equals("taef2"))
                .toList();
    }

    private void save(JsonNode config, Map<String, Tensor> weights) throws IOException {
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        SafeTensors.write(folder.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
    }

    private static void check(Scope.Owned<? extends Autoencoder> read, JsonNode made) {
        Autoencoder network = read.value();
        int[] shape = Golden.ints(made.get("latent_shape"));
        double factor = made.at("/config/scaling_factor").asDouble(),
                shift = made.at("/config/shift_factor").asDouble();
        Tensor x = FormulaWeights.unit("x", 2, network.pictureChannels(), 16, 24);
        double[] moments = Golden.doubles(made.get("moments"));
        int latents = shape[1] * shape[2] * shape[3];
        double[] expected = new double[2 * latents];
        for (int i = 0; i < expected.length; i++)
            expected[i] = factor * (moments[i / latents * (moments.length / 2) + i % latents] - shift);
        assertThat(Tensors.doubles(network.encode(x))).containsExactly(expected, within(1e-4));
        Tensor z = Tensors.scale(2, FormulaWeights.unit("z", shape[0], shape[1], shape[2], shape[3]));
        Tensor seen = Tensors.scale(factor, z.sub(new Scalar(shift)));
        FormulaWeights.check(network.decode(seen), made.get("decoded"), 1e-4);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyAutoencoderGivesWhatDiffusersGives(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        save(made.get("config"), FormulaWeights.ofUNet(made.get("weights")));
        try (var read = DiffusersAutoencoder.read(folder, Precision.FP32)) {
            check(read, made);
        }
    }

    @Test
    void theNamesOfAttentionBefore2023AreUnderstood() throws IOException {
        JsonNode made = GOLDEN.get("stable_diffusion");
        Map<String, Tensor> old = new LinkedHashMap<>();
        FormulaWeights.ofUNet(made.get("weights")).forEach((name, tensor) -> {
            String renamed = name.replace("to_q", "query")
                    .replace("to_k", "key")
                    .replace("to_v", "value")
                    .replace("to_out.0", "proj_attn");
            boolean matrix = name.contains("attentions") && tensor.dim() == 2;
            old.put(renamed, matrix ? tensor.unsqueeze(2).unsqueeze(3) : tensor); // some had 1 x 1 convolutions there
        });
        save(made.get("config"), old);
        try (var read = DiffusersAutoencoder.read(folder, Precision.FP32)) {
            check(read, made);
        }
    }

    @Test
    void aLatentIsDrawnFromItsDistributionByTheNoiseThatIsGiven() throws IOException {
        JsonNode made = GOLDEN.get("without_quant");
        save(made.get("config"), FormulaWeights.ofUNet(made.get("weights")));
        try (var read = DiffusersAutoencoder.read(folder, Precision.FP32)) {
            KlAutoencoder network = (KlAutoencoder) read.value();
            double[] moments = Golden.doubles(made.get("moments"));
            Tensor x = FormulaWeights.unit("x", 2, 3, 16, 24), noise = FormulaWeights.unit("n", 2, 16, 2, 3);
            double[] drawn = Tensors.doubles(network.encode(x, noise)), n = Tensors.doubles(noise);
            for (int i = 0; i < 96; i++) {
                double expected = moments[i] + n[i] * Math.exp(moments[i + 96] / 2);
                assertThat(drawn[i]).isCloseTo(1.5305 * (expected - 0.0609), within(1e-4));
            }
        }
    }

    @Test
    void latentsOfFlux2AreSquaresNormalisedByItsRunningStatistics() throws IOException {
        JsonNode made = Golden.json("latent/flux2.json");
        Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
        weights.put("bn.num_batches_tracked", Tensors.of(3));
        save(made.get("config"), weights);
        try (var read = DiffusersAutoencoder.read(folder, Precision.FP32)) {
            KlAutoencoder network = (KlAutoencoder) read.value();
            assertThat(network.latentChannels()).isEqualTo(12);
            assertThat(network.factor()).isEqualTo(4);
            Tensor x = FormulaWeights.unit("x", 2, 3, 16, 24), noise = FormulaWeights.unit("n", 2, 12, 4, 6);
            FormulaWeights.check(network.encode(x), made.get("latents"), 1e-4);
            FormulaWeights.check(network.encode(x, noise), made.get("drawn"), 1e-4);
            Tensor z = Tensors.scale(2, FormulaWeights.unit("z", 2, 12, 4, 6));
            FormulaWeights.check(network.decode(z), made.get("decoded"), 1e-4);
            assertThatThrownBy(() -> AutoencoderFolder.write(folder.resolve("no"), network))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an AutoencoderKLFlux2 is read, and not written");
        }
        weights.remove("bn.running_var");
        save(made.get("config"), weights);
        assertThatThrownBy(() -> DiffusersAutoencoder.read(folder, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lack bn.running_mean or bn.running_var, without which latents cannot");
        ObjectNode other = made.get("config").deepCopy();
        other.putArray("patch_size").add(1).add(1);
        save(other, FormulaWeights.ofUNet(made.get("weights")));
        assertThatThrownBy(() -> DiffusersAutoencoder.read(folder, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("patch_size must be [2,2]");
    }

    @Test
    void theFilesOfTaesdAreAnAutoencoder() throws IOException {
        JsonNode made = GOLDEN.get("taef2");
        for (String half : List.of("encoder", "decoder"))
            SafeTensors.write(
                    folder.resolve("taef2_" + half + ".safetensors"), FormulaWeights.ofUNet(made.get(half)), Map.of());
        checkTaef2(folder, made.get("random"));
    }

    @Test
    void theRealWeightsOfTaef2GiveWhatTheyGiveInPython() throws IOException {
        checkTaef2(Shared.path("data/weights-taesd"), GOLDEN.get("taef2").get("real"));
    }

    private static void checkTaef2(Path folder, JsonNode made) throws IOException {
        try (var read = DiffusersAutoencoder.read(folder, Precision.FP32)) {
            Autoencoder network = read.value();
            assertThat(network.latentChannels()).isEqualTo(32);
            assertThat(network.factor()).isEqualTo(8);
            Tensor latents = network.encode(FormulaWeights.unit("x", 2, 3, 16, 24));
            FormulaWeights.check(latents, made.get("latents"), 1e-4);
            FormulaWeights.check(network.decode(latents), made.get("decoded"), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            stable_diffusion | down_block_types        | ["DownEncoderBlock2D"]     | down_block_types must name 4 levels
            stable_diffusion | up_block_types          | ["AttnUpDecoderBlock2D"]   | must be UpDecoderBlock2D: 'AttnUpDecoderBlock2D'
            stable_diffusion | act_fn                  | "elu"                      | act_fn must be one of
            stable_diffusion | scaling_factor          | 0                          | the scaling factor must be a positive number: 0.0
            stable_diffusion | latents_mean            | [0.1, 0.2]                 | means and deviations of latents must be as many: 2 and 0
            stable_diffusion | norm_num_groups         | 5                          | widths must be multiples of the 5 groups
            stable_diffusion | block_out_channels      | [9000000, 4, 4, 4]         | at most 8192: 9000000
            stable_diffusion | block_out_channels      | [8, 16, 16, 32]            | wants shape
            stable_diffusion | layers_per_block        | 1                          | unexpected: 'decoder.up_blocks.0.resnets.2.
            stable_diffusion | layers_per_block        | 3                          | missing: decoder.up_blocks.0.resnets.3.
            stable_diffusion | use_quant_conv          | false                      | 2 unexpected: 'quant_conv.bias'
            stable_diffusion | out_channels            | 1                          | out_channels must be in_channels, 3: 1
            stable_diffusion | _class_name             | "VQModel"                  | 1 missing: quantize.embedding.weight
            tiny             | upsample_fn             | "bilinear"                 | upsample_fn must be "nearest", others are not honoured
            tiny             | upsampling_scaling_factor | 4                        | upsampling_scaling_factor must be 2
            tiny             | num_encoder_blocks      | [1, 3, 3]                  | must be one width for each of the 3 stages: [8, 8, 8, 8]
            tiny             | num_decoder_blocks      | [3, 3, 2, 1]               | the weights of
            """)
    void whatIsNotHonouredIsRefusedByItsName(String name, String setting, String value, String reason)
            throws IOException {
        JsonNode made = GOLDEN.get(name);
        ObjectNode config = made.get("config").deepCopy();
        config.set(setting, JSON.readTree(value));
        save(config, FormulaWeights.ofUNet(made.get("weights")));
        assertThatThrownBy(() -> DiffusersAutoencoder.read(folder, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void weightsOfTheDecoderAreNeverPassedOver() throws IOException {
        JsonNode made = GOLDEN.get("tiny");
        Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
        weights.remove("decoder.layers.18.bias");
        weights.remove("decoder.layers.0.weight");
        save(made.get("config"), weights);
        assertThatThrownBy(() -> DiffusersAutoencoder.read(folder, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2 missing: decoder.layers.0.weight, decoder.layers.18.bias");
    }
}
