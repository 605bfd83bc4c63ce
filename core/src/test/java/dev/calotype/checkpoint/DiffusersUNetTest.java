package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Awake;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant;
import dev.calotype.model.hint.Hints;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusersUNetTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/diffusers");

    @TempDir
    Path folder;

    private static Tensor forward(UNet network, Map<String, Tensor> inputs) {
        Tensor y = inputs.get("y");
        Condition condition = Condition.NONE;
        if (y != null) {
            double[] labels = Tensors.doubles(y);
            condition = Condition.ofLabels((int) labels[0], (int) labels[1]);
        }
        Condition given = condition;
        Tensor times = inputs.get("t").to(torch.ScalarType.Float);
        return Scope.inference(() -> network.forward(inputs.get("x"), times, given));
    }

    /** A network of two levels of different width whose weights are all away from zero. */
    private static UNet network(Conditioning conditioning, Resampling resampling, int headChannels) {
        UNet network = new UNet(
                new UNet.Config(
                        32,
                        List.of(1, 2),
                        1,
                        List.of(2),
                        0,
                        headChannels,
                        conditioning,
                        resampling,
                        0.1,
                        1,
                        UNetVariant.IMPROVED_DDPM),
                new UNet.Ports(3, 3, 0),
                Rng.of(1));
        network.eval();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Rng rng = Rng.of(2);
        Weights.of(network)
                .forEach((name, w) -> weights.put(name, w.detach().add(Tensors.scale(0.05, rng.normalLike(w)))));
        Weights.load(network, weights);
        return network;
    }

    @Test
    void ourForwardEqualsThatOfDiffusers() throws IOException {
        UNet network = DiffusersUNet.read(GOLDEN.resolve("unet"));
        Map<String, Tensor> golden =
                SafeTensors.read(GOLDEN.resolve("golden.safetensors")).tensors();
        float[] expected = Tensors.floats(golden.get("output"));
        float[] output = Tensors.floats(forward(network, golden));
        assertThat(output).hasSameSizeAs(expected);
        for (int i = 0; i < output.length; i++)
            assertThat(output[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(2e-4f));
        assertThat(network.ports()).isEqualTo(new UNet.Ports(3, 6, 4));
        assertThat(network.config().headChannels()).isEqualTo(16);
    }

    @Test
    void whatDiffusersWroteIsWrittenAgain() throws IOException {
        UNet network = DiffusersUNet.read(GOLDEN.resolve("unet"));
        DiffusersUNet.write(folder.resolve("unet"), network, 16);
        Map<String, Tensor> theirs = SafeTensors.read(GOLDEN.resolve("unet/diffusion_pytorch_model.safetensors"))
                .tensors();
        Map<String, Tensor> ours = SafeTensors.read(folder.resolve("unet/diffusion_pytorch_model.safetensors"))
                .tensors();
        assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
        theirs.forEach((name, tensor) -> {
            assertThat(Tensors.shape(ours.get(name))).as(name).containsExactly(Tensors.shape(tensor));
            assertThat(Tensors.floats(ours.get(name))).as(name).containsExactly(Tensors.floats(tensor));
        });
        JsonNode config = JSON.readTree(folder.resolve("unet/config.json").toFile());
        JSON.readTree(GOLDEN.resolve("unet/config.json").toFile()).properties().forEach(setting -> {
            if (!List.of("_diffusers_version", "attn_norm_num_groups", "num_train_timesteps", "time_embedding_dim")
                    .contains(setting.getKey()))
                assertThat(config.get(setting.getKey())).as(setting.getKey()).isEqualTo(setting.getValue());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "SHIFT, CONVOLUTION, 32",
        "SCALE_SHIFT, CONVOLUTION, 64",
        "SHIFT, RESIDUAL, 16",
        "SCALE_SHIFT, RESIDUAL, 128"
    })
    void everyKindOfNetworkSurvivesARoundTrip(Conditioning conditioning, Resampling resampling, int headChannels)
            throws IOException {
        UNet network = network(conditioning, resampling, headChannels);
        DiffusersUNet.write(folder, network, 16);
        UNet read = DiffusersUNet.read(folder);
        read.eval();
        assertThat(Digest.of(Weights.of(read))).isEqualTo(Digest.of(Weights.of(network)));
        Map<String, Tensor> inputs = Map.of("x", Rng.of(3).normal(1, 3, 16, 16), "t", Tensors.of(17));
        assertThat(Tensors.floats(forward(read, inputs))).containsExactly(Tensors.floats(forward(network, inputs)));
        assertThat(read.config().conditioning()).isEqualTo(conditioning);
        assertThat(read.config().resampling()).isEqualTo(resampling);
        assertThat(read.config().dropout()).isEqualTo(0.1);
    }

    @Test
    void theNamesThatDiffusersOnceGaveAttentionAreUnderstood() throws IOException {
        Files.createDirectories(folder);
        Files.copy(GOLDEN.resolve("unet/config.json"), folder.resolve("config.json"));
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        SafeTensors.read(GOLDEN.resolve("unet/diffusion_pytorch_model.safetensors"))
                .tensors()
                .forEach((name, tensor) -> renamed.put(
                        name.replace("to_q", "query")
                                .replace("to_k", "key")
                                .replace("to_v", "value")
                                .replace("to_out.0", "proj_attn"),
                        tensor));
        assertThat(renamed).containsKey("mid_block.attentions.0.proj_attn.weight");
        SafeTensors.write(folder.resolve("diffusion_pytorch_model.safetensors"), renamed, Map.of());
        assertThat(Digest.of(Weights.of(DiffusersUNet.read(folder))))
                .isEqualTo(Digest.of(Weights.of(DiffusersUNet.read(GOLDEN.resolve("unet")))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            act_fn                  | "elu"                                  | act_fn must be one of [gelu, mish, relu, silu, swish]
            norm_eps                | 0                                      | epsilon must be in (0, 1): 0.0
            norm_num_groups         | 5                                      | channels must be a multiple of 10
            norm_num_groups         | 0                                      | groups must be at least 1: 0
            freq_shift              | 2                                      | time.shift must be in 0..1: 2.0
            flip_sin_to_cos         | "no"                                   | flip_sin_to_cos must be true or false
            downsample_padding      | 2                                      | downsample_padding must be one of [0, 1]
            add_attention           | false                                  | 10 unexpected: 'mid_block.attentions.0.group_norm.bias'
            mid_block_scale_factor  | 0                                      | middle.scale must be a positive number: 0.0
            time_embedding_type     | "spline"                               | must be one of [fourier, learned, positional]
            time_embedding_type     | "learned"                              | time.steps must be in 1..1000000 with the signal learned
            time_embedding_dim      | 64                                     | the weights are not those of the config
            class_embed_type        | "identity"                             | class_embed_type must be one of [timestep]
            resnet_time_scale_shift | "spatial"                              | must be one of [default, scale_shift]
            resnet_time_scale_shift | "scale_shift"                          | the weights are not those of the config
            attn_norm_num_groups    | 7                                      | variant.middle.groups must divide the channels of every level, 32: 7
            down_block_types        | ["DownBlock2D", "SkipDownBlock2D"]     | 'SkipDownBlock2D'
            down_block_types        | ["AttnDownBlock2D", "AttnDownBlock2D"] | the weights are not those of the config
            down_block_types        | ["DownBlock2D"]                        | must name 2 levels
            upsample_type           | "resnet"                               | the weights are not those of the config
            downsample_type         | "pool"                                 | one of [conv, resnet]
            block_out_channels      | []                                     | block_out_channels is empty
            block_out_channels      | [16, 16]                               | channels must be a multiple of 32
            block_out_channels      | [32, 48]                               | variant.groups must divide the channels of every level, 48: 32
            block_out_channels      | [4096, 4096]                           | too few for the network
            attention_head_dim      | 5                                      | 5 does not divide 32
            in_channels             | 2000000000                             | too few for the network
            num_class_embeds        | 2000000000                             | too few for the network
            layers_per_block        | 0                                      | blocks must be in 1..16
            layers_per_block        | 2.5                                    | whole number
            layers_per_block        | 2                                      | the weights are not those of the config
            dropout                 | "no"                                   | dropout must be a number
            _class_name             | "UNet2DConditionModel"                 | _class_name must be UNet2DModel
            """)
    void unsupportedSettingsAreRefusedByName(String name, String value, String reason) throws IOException {
        ObjectNode config =
                (ObjectNode) JSON.readTree(GOLDEN.resolve("unet/config.json").toFile());
        config.set(name, JSON.readTree(value));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        Files.copy(
                GOLDEN.resolve("unet/diffusion_pytorch_model.safetensors"),
                folder.resolve("diffusion_pytorch_model.safetensors"));
        assertThatThrownBy(() -> DiffusersUNet.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void partsOfAttentionThatDoNotFitAreRefused() throws IOException {
        DiffusersUNet.write(folder, network(Conditioning.SHIFT, Resampling.CONVOLUTION, 32), 16);
        Path file = folder.resolve("diffusion_pytorch_model.safetensors");
        for (Tensor wrong : new Tensor[] {torch.ones(), torch.ones(64, 63), torch.ones(0), torch.ones(65)}) {
            Map<String, Tensor> weights =
                    new LinkedHashMap<>(SafeTensors.read(file).tensors());
            weights.put("mid_block.attentions.0.to_k.weight", wrong);
            SafeTensors.write(file, weights, Map.of());
            assertThatThrownBy(() -> DiffusersUNet.read(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("mid_block.attentions.0 do not fit");
        }
    }

    /** Told nothing, the other network makes the same of an image. */
    @Test
    void whatWasDoneToPicturesIsNotWritten() throws IOException {
        UNet told = Awake.network(
                new UNet(
                        network(Conditioning.SHIFT, Resampling.CONVOLUTION, 16).config(),
                        new UNet.Ports(3, 3, 0, Hints.NONE.changed(2)),
                        Rng.of(1)),
                2);
        DiffusersUNet.write(folder, told, 16);
        told.eval();
        UNet read = DiffusersUNet.read(folder);
        read.eval();
        Map<String, Tensor> inputs = Map.of("x", Rng.of(3).normal(1, 3, 16, 16), "t", Tensors.of(17));
        assertThat(Tensors.floats(forward(read, inputs))).containsExactly(Tensors.floats(forward(told, inputs)));
    }

    @Test
    void networksThatDiffusersLacksAreRefused() {
        var twoHeads = new UNet.Config(
                32,
                List.of(1, 2),
                1,
                List.of(1, 2),
                2,
                0,
                Conditioning.SHIFT,
                Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        UNet network = new UNet(twoHeads, new UNet.Ports(3, 3, 0), Rng.of(0));
        assertThatThrownBy(() -> DiffusersUNet.write(folder, network, 16))
                .hasMessage("diffusers wants heads of one width: [16, 32] at levels of [32, 64]");
        assertThatThrownBy(() -> DiffusersUNet.write(folder, network, 15))
                .hasMessage("imageSize must be a multiple of 2: 15");
        UNet told = new UNet(
                network(Conditioning.SHIFT, Resampling.CONVOLUTION, 16).config(),
                new UNet.Ports(3, 3, 0, new Hints(0, 0, 3)),
                Rng.of(0));
        assertThatThrownBy(() -> DiffusersUNet.write(folder, told, 16))
                .hasMessageContaining("is told times and classes alone");
        assertThat(folder).isEmptyDirectory();
    }
}
