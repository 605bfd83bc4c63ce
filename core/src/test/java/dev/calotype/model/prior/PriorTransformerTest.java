package dev.calotype.model.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.Golden;
import dev.calotype.model.prior.PriorTransformer.Config;
import dev.calotype.model.prior.PriorTransformer.Timing;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PriorTransformerTest {
    private static final Golden GOLDEN = Golden.read("prior/prior-transformer.safetensors");
    private static final Map<String, String> NAMES =
            Map.of("attn.proj", "attn1.to_out.0", "norm2", "norm3", "mlp.fc1", "ff.net.0.proj", "mlp.fc2", "ff.net.2");

    private static Tensor golden(String name) {
        for (Map.Entry<String, String> ours : NAMES.entrySet()) name = name.replace(ours.getKey(), ours.getValue());
        if (!name.contains("attn.qkv")) return GOLDEN.tensor("weights/" + name);
        String[] parts = name.split("attn\\.qkv");
        return Tensors.cat(
                0,
                GOLDEN.tensor("weights/" + parts[0] + "attn1.to_q" + parts[1]),
                GOLDEN.tensor("weights/" + parts[0] + "attn1.to_k" + parts[1]),
                GOLDEN.tensor("weights/" + parts[0] + "attn1.to_v" + parts[1]));
    }

    @ParameterizedTest
    @EnumSource
    void itComputesWhatDiffusersDoes(Timing timing) {
        try (PointerScope scope = new PointerScope()) {
            PriorTransformer network =
                    Inference.prepare(new PriorTransformer(new Config(6, 16, 2, 2, timing)), Precision.FP32);
            Scope.read(() -> {
                Tensors.parameters(network).forEach((name, weight) -> {
                    Tensor value = golden(name);
                    boolean fewer = name.equals("positional_embedding") && timing == Timing.UNTIMED;
                    weight.copy_(fewer ? value.narrow(1, 0, 3) : value);
                });
                return null;
            });
            Tensor times = timing == Timing.TIMED ? GOLDEN.tensor("times") : null;
            double[] found = Tensors.doubles(network.forward(GOLDEN.tensor("noisy"), times, GOLDEN.tensor("texts")));
            double[] expected = Tensors.doubles(GOLDEN.tensor(timing == Timing.TIMED ? "timed" : "untimed"));
            for (int i = 0; i < expected.length; i++) assertThat(found[i]).isCloseTo(expected[i], Offset.offset(2e-5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itsCostCountsItsWeights(Timing timing) {
        Config config = new Config(6, 16, 2, 2, timing);
        try (PointerScope scope = new PointerScope()) {
            long weights = Tensors.parameters(new PriorTransformer(config, Rng.of(1))).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum();
            assertThat(config.cost().parameters()).isEqualTo(weights);
        }
    }

    @Test
    void anOddWidthIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Config(6, 15, 2, 3, Timing.TIMED))
                .withMessage("width must be even and in 2..65536: 15");
    }
}
