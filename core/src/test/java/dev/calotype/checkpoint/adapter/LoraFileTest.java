package dev.calotype.checkpoint.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.calotype.Shared;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraFileTest extends InScope {
    @TempDir
    Path folder;

    private static StoredTensor zeros(long... shape) {
        return StoredTensor.of(torch.zeros(1).expand(shape)); // of whatever shape, without the memory
    }

    private static StoredNetwork network(Map<String, StoredTensor> weights) {
        return StoredNetwork.of(Path.of("base"), JsonNodeFactory.instance.objectNode(), () -> weights);
    }

    /** The attentions and gates of Stable Diffusion 1.5, which are zeros. */
    private static Map<String, StoredNetwork> stableDiffusion() {
        Map<String, StoredTensor> unet = new LinkedHashMap<>(), text = new LinkedHashMap<>();
        String[] levels = {
            "mid_block,1280,1",
            "down_blocks.0,320,2",
            "down_blocks.1,640,2",
            "down_blocks.2,1280,2",
            "up_blocks.1,1280,3",
            "up_blocks.2,640,3",
            "up_blocks.3,320,3"
        };
        for (String level : levels) {
            String[] said = level.split(",");
            long width = Long.parseLong(said[1]);
            for (int i = 0; i < Integer.parseInt(said[2]); i++) {
                String block = said[0] + ".attentions." + i + ".transformer_blocks.0.";
                for (String layer : new String[] {
                    "attn1.to_q",
                    "attn1.to_k",
                    "attn1.to_v",
                    "attn1.to_out.0",
                    "attn2.to_q",
                    "attn2.to_k",
                    "attn2.to_v",
                    "attn2.to_out.0"
                }) unet.put(block + layer + ".weight", zeros(width, layer.matches("attn2.to_[kv]") ? 768 : width));
                unet.put(block + "ff.net.0.proj.weight", zeros(8 * width, width));
            }
        }
        for (int i = 0; i < 12; i++)
            for (String layer : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"})
                text.put("text_model.encoder.layers." + i + ".self_attn." + layer + ".weight", zeros(768, 768));
        return Map.of("unet", network(unet), "text_encoder", network(text));
    }

    @ParameterizedTest
    @CsvSource({"analog_svd_rank4, 0", "lora_disney, 2"})
    void realFilesOfTheOldestKindFitStableDiffusion(String name, int tokens) throws IOException {
        Path file = Shared.path("data/loras-sd15/" + name + ".safetensors");
        LoraFile lora = LoraFile.open(file);
        assertThat(lora.layers()).isEqualTo(192);
        assertThat(lora.words()).hasSize(tokens);
        List<String> notes = new ArrayList<>();
        Map<String, StoredNetwork> applied = lora.applied(stableDiffusion(), 0.5, notes);
        assertThat(notes).isEmpty();
        Map<String, Tensor> stored = WeightFile.read(file);
        for (String[] pair : new String[][] {
            {"unet", "unet:143", "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0.weight"},
            {"unet", "unet:6", "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight"},
            {"text_encoder", "text_encoder:6", "text_model.encoder.layers.1.self_attn.q_proj.weight"}
        }) {
            Tensor up = stored.get(pair[1] + ":up").to(ScalarType.Float),
                    down = stored.get(pair[1] + ":down").to(ScalarType.Float);
            Tensor wanted = up.matmul(down).mul(new Scalar(0.5));
            Tensor got = applied.get(pair[0]).weights().get(pair[2]).read();
            assertThat(wanted.abs().max().item_double()).isPositive();
            assertThat(got.sub(wanted).abs().max().item_double()).isLessThan(1e-7);
        }
    }

    private Tensor merged(Map<String, Tensor> factors, Tensor weight) throws IOException {
        return merged(factors, weight, 1);
    }

    private Tensor merged(Map<String, Tensor> factors, Tensor weight, double by) throws IOException {
        Path file = folder.resolve("one.safetensors");
        SafeTensors.write(file, factors, Map.of());
        Map<String, StoredNetwork> base = Map.of("unet", network(Map.of("layer.weight", StoredTensor.of(weight))));
        return LoraFile.open(file)
                .applied(base, by, new ArrayList<>())
                .get("unet")
                .weights()
                .get("layer.weight")
                .read();
    }

    private static Tensor tensor(String name, long... shape) {
        return FormulaWeights.unit(name, shape);
    }

    private static void requireSame(Tensor got, Tensor wanted) {
        assertThat(Tensors.shape(got)).containsExactly(Tensors.shape(wanted));
        assertThat(Tensors.doubles(got)).containsExactly(Tensors.doubles(wanted), within(1e-5));
    }

    @Test
    void aSmallConvolutionBetweenTwoMatricesIsThatOfOneAfterTheOther() throws IOException {
        Tensor up = tensor("up", 4, 2, 1, 1), middle = tensor("mid", 2, 3, 3, 3), down = tensor("down", 3, 5, 1, 1);
        Tensor got = merged(
                Map.of(
                        "lora_unet_layer.lora_up.weight", up,
                        "lora_unet_layer.lora_mid.weight", middle,
                        "lora_unet_layer.lora_down.weight", down,
                        "lora_unet_layer.alpha", Tensors.of(1.5).reshape()),
                torch.zeros(4, 5, 3, 3));
        Tensor x = tensor("x", 1, 5, 6, 6);
        Tensor after =
                torch.conv2d(torch.conv2d(torch.conv2d(x, down), middle), up).mul(new Scalar(0.5));
        requireSame(torch.conv2d(x, got), after);
    }

    @Test
    void productsValueByValueAndAsBlocksAreThoseOfLycoris() throws IOException {
        Tensor a = tensor("a", 6, 2), b = tensor("b", 2, 4), c = tensor("c", 6, 2), d = tensor("d", 2, 4);
        Tensor alpha = Tensors.of(1.0).reshape();
        requireSame(
                merged(
                        Map.of(
                                "lora_unet_layer.hada_w1_a", a,
                                "lora_unet_layer.hada_w1_b", b,
                                "lora_unet_layer.hada_w2_a", c,
                                "lora_unet_layer.hada_w2_b", d,
                                "lora_unet_layer.alpha", alpha),
                        torch.zeros(6, 4)),
                a.matmul(b).mul(c.matmul(d)).mul(new Scalar(0.5)));
        Tensor first = tensor("first", 2, 2), second = tensor("second", 3, 2);
        requireSame(
                merged(
                        Map.of(
                                "lora_unet_layer.lokr_w1", first,
                                "lora_unet_layer.lokr_w2", second,
                                "lora_unet_layer.alpha", alpha),
                        torch.zeros(6, 4)),
                torch.kron(first, second));
    }

    @Test
    void halfOfAnAdapterWithDoraScaleIsHalfWayToIt() throws IOException {
        Tensor weight = tensor("w", 3, 4);
        Map<String, Tensor> factors = Map.of(
                "lora_unet_layer.lora_up.weight", tensor("up", 3, 2),
                "lora_unet_layer.lora_down.weight", tensor("down", 2, 4),
                "lora_unet_layer.dora_scale", tensor("m", 3, 1).abs(),
                "lora_unet_layer.alpha", Tensors.of(1.0).reshape());
        Tensor whole = merged(factors, weight);
        requireSame(merged(factors, weight, 0.5), weight.add(whole).mul(new Scalar(0.5)));
        requireSame(merged(factors, weight, 0), weight);
        requireSame(merged(factors, weight, -1), weight.add(weight).sub(whole));
    }

    @Test
    void theWeightOfAnAdapterWithAMagnitudeActsBeforeTheLengthsAsInPeft() throws IOException {
        Tensor weight = tensor("w", 3, 4), up = tensor("up", 3, 2), down = tensor("down", 2, 4);
        Tensor lengths = tensor("m", 3).abs();
        Tensor got = merged(
                Map.of(
                        "unet.layer.lora_A.weight", down,
                        "unet.layer.lora_B.weight", up,
                        "unet.layer.lora_magnitude_vector", lengths),
                weight,
                0.5);
        Tensor sum = weight.add(up.matmul(down).mul(new Scalar(0.5)));
        Tensor norms = sum.mul(sum).matmul(torch.ones(4, 1)).sqrt();
        requireSame(got, sum.mul(lengths.reshape(3, 1)).div(norms));
    }

    @Test
    void lengthsOfInputsAndOfOutputsAreToldByTheirShape() throws IOException {
        Tensor weight = tensor("w", 3, 4), up = tensor("up", 3, 1), down = tensor("down", 1, 4);
        for (boolean inputs : new boolean[] {true, false}) {
            Tensor lengths =
                    inputs ? tensor("m", 1, 4).abs() : tensor("m", 3, 1).abs();
            Tensor got = merged(
                    Map.of(
                            "lora_unet_layer.lora_up.weight", up,
                            "lora_unet_layer.lora_down.weight", down,
                            "lora_unet_layer.dora_scale", lengths,
                            "lora_unet_layer.alpha", Tensors.of(1.0).reshape()),
                    weight);
            Tensor squares = got.mul(got);
            Tensor sums = inputs ? torch.ones(1, 3).matmul(squares) : squares.matmul(torch.ones(4, 1));
            requireSame(sums.sqrt(), lengths);
        }
    }
}
