package dev.calotype.model.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.model.vit.VisionTransformerConfig.Size;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VisionTransformerTest {
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void free() {
        scope.close();
    }

    private static VisionTransformerConfig config(
            Stem stem, Position position, Pool pool, int registers, Distillation distillation, double dropout) {
        return new VisionTransformerConfig(
                4, 64, 3, 4, 96, stem, position, pool, registers, distillation, dropout, dropout, 0.5, 1e-6);
    }

    private static VisionTransformerConfig plain(double dropout) {
        return config(Stem.PATCHES, Position.LEARNED, Pool.CLASS_TOKEN, 0, Distillation.NONE, dropout);
    }

    /** Of torchvision 0.29 and timm 1.0.31, with 1000 classes at 224 px. */
    @ParameterizedTest
    @CsvSource({
        "TINY, 16, 5717416",
        "SMALL, 16, 22050664",
        "BASE, 32, 88224232",
        "BASE, 16, 86567656",
        "LARGE, 32, 306535400",
        "LARGE, 16, 304326632",
        "HUGE, 14, 632045800"
    })
    void thePublishedSizesHaveThePublishedNumbersOfParameters(Size size, int patch, long parameters) {
        assertThat(VisionTransformerConfig.of(size, patch)
                        .cost(new Ports(224, 3, 1000))
                        .parameters())
                .isEqualTo(parameters);
    }

    /** {@code vit_tiny_r_s16_p8_224} of timm 1.0.31, whose 867,363,840 FLOPs PyTorch counts: its tokens are of 32 pixels. */
    @Test
    void theHybridHasTheNumbersOfTimms() {
        var config = new VisionTransformerConfig(
                32,
                192,
                12,
                3,
                768,
                Stem.RESNET,
                Position.LEARNED,
                Pool.CLASS_TOKEN,
                0,
                Distillation.NONE,
                0,
                0,
                0,
                1e-6);
        var cost = config.cost(new Ports(224, 3, 1000));
        assertThat(cost.parameters()).isEqualTo(6_337_704);
        assertThat(cost.multiplyAdds()).isEqualTo(867_363_840 / 2);
    }

    /** Half of what {@code torch.utils.flop_counter.FlopCounterMode} counts for timm's networks, in torch 2.15. */
    @ParameterizedTest
    @CsvSource({"TINY, 16, 1253683200", "SMALL, 16, 4598882304", "BASE, 16, 17563828224"})
    void multiplyAddsAreHalfOfPyTorchsFlops(Size size, int patch, long multiplyAdds) {
        assertThat(VisionTransformerConfig.of(size, patch)
                        .cost(new Ports(224, 3, 1000))
                        .multiplyAdds())
                .isEqualTo(multiplyAdds);
    }

    @Test
    void theCountIsThatOfTheNetworkWhateverItHas() {
        for (Stem stem : Stem.values())
            for (Position position : Position.values())
                for (Pool pool : Pool.values())
                    for (int registers : new int[] {0, 2})
                        for (Distillation distillation : pool == Pool.CLASS_TOKEN
                                ? Distillation.values()
                                : new Distillation[] {Distillation.NONE}) {
                            int width = stem == Stem.CONVOLUTIONS ? 64 : 24;
                            VisionTransformerConfig config = new VisionTransformerConfig(
                                    4, width, 2, 4, 40, stem, position, pool, registers, distillation, 0, 0, 0.1, 1e-6);
                            Ports ports = new Ports(16, 3, 7);
                            VisionTransformer network = new VisionTransformer(config, ports, Rng.of(0));
                            long counted = Tensors.parameters(network).values().stream()
                                    .mapToLong(Tensor::numel)
                                    .sum();
                            assertThat(config.cost(ports).parameters())
                                    .as(config.toString())
                                    .isEqualTo(counted);
                            assertThat(Tensors.shape(Scope.inference(
                                            () -> network.forward(Rng.of(1).normal(2, 3, 16, 16)))))
                                    .containsExactly(2, 7);
                            assertThat(network.features(Rng.of(1).normal(1, 3, 16, 16))
                                            .size(1))
                                    .isEqualTo(config.features());
                        }
    }

    @Test
    void aFreshNetworkKnowsNothingAndDependsOnItsSeedAlone() {
        VisionTransformer one = new VisionTransformer(plain(0), new Ports(16, 3, 5), Rng.of(4));
        VisionTransformer same = new VisionTransformer(plain(0), new Ports(16, 3, 5), Rng.of(4));
        Tensor x = Rng.of(1).normal(2, 3, 16, 16);
        assertThat(Tensors.floats(one.forward(x))).containsOnly(0f);
        assertThat(Tensors.floats(one.features(x))).containsExactly(Tensors.floats(same.features(x)));
        VisionTransformer other = new VisionTransformer(plain(0), new Ports(16, 3, 5), Rng.of(5));
        assertThat(Tensors.floats(one.features(x))).isNotEqualTo(Tensors.floats(other.features(x)));
    }

    @Test
    void aPictureDoesNotDependOnItsBatch() {
        VisionTransformer network = new VisionTransformer(plain(0), new Ports(16, 3, 5), Rng.of(4));
        Tensor x = Rng.of(1).normal(3, 3, 16, 16);
        float[] all = Tensors.floats(network.features(x).narrow(0, 1, 1));
        assertThat(Tensors.floats(network.features(x.narrow(0, 1, 1)))).containsExactly(all, within(1e-5f));
    }

    @ParameterizedTest
    @EnumSource(Recomputation.Policy.class)
    void dropoutAndStochasticDepthRepeatWithTheirSeedAndAreOffWithoutGradients(Recomputation.Policy policy) {
        VisionTransformer network = new VisionTransformer(plain(0.4), new Ports(16, 3, 5), Rng.of(4));
        network.recompute(policy);
        Tensor x = Rng.of(1).normal(8, 3, 16, 16);
        network.reseed(3);
        float[] first = Tensors.floats(network.features(x));
        float[] second = Tensors.floats(network.features(x));
        network.reseed(3);
        assertThat(Tensors.floats(network.features(x))).containsExactly(first);
        assertThat(second).isNotEqualTo(first);
        float[] plain = Tensors.floats(Scope.inference(() -> network.features(x)));
        assertThat(Tensors.floats(Scope.inference(() -> network.features(x)))).containsExactly(plain);
    }

    @Test
    void recomputingChangesNoGradient() {
        Map<String, float[]> kept = gradients(Recomputation.Policy.NEVER);
        Map<String, float[]> recomputed = gradients(Recomputation.Policy.ALWAYS);
        assertThat(kept).isNotEmpty();
        kept.forEach(
                (name, gradient) -> assertThat(recomputed.get(name)).as(name).containsExactly(gradient));
    }

    private static Map<String, float[]> gradients(Recomputation.Policy policy) {
        VisionTransformer network = new VisionTransformer(plain(0.3), new Ports(16, 3, 5), Rng.of(4));
        network.recompute(policy);
        network.reseed(9);
        network.features(Rng.of(1).normal(4, 3, 16, 16)).square().mean().backward();
        Map<String, float[]> gradients = new TreeMap<>();
        Tensors.parameters(network).forEach((name, parameter) -> {
            if (parameter.grad().defined()) gradients.put(name, Tensors.floats(parameter.grad()));
        });
        return gradients;
    }

    @ParameterizedTest
    @EnumSource(Pool.class)
    void theRollOutSharesAllAttentionAmongThePatches(Pool pool) {
        VisionTransformerConfig config = config(Stem.PATCHES, Position.LEARNED, pool, 2, Distillation.NONE, 0);
        VisionTransformer network = new VisionTransformer(config, new Ports(16, 3, 5), Rng.of(4));
        Tensor map = network.rollOut(Rng.of(1).normal(2, 3, 16, 16));
        assertThat(Tensors.shape(map)).containsExactly(2, 4, 4);
        for (double sum : Tensors.doubles(map.sum(new long[] {1, 2})))
            assertThat(sum).isCloseTo(1, within(1e-5));
        for (float share : Tensors.floats(map)) assertThat(share).isPositive();
    }

    @Test
    void whatCannotBeIsRefusedInOneSentence() {
        assertThatThrownBy(() -> plain(0).cost(new Ports(18, 3, 5)))
                .hasMessage("size must be a multiple of the patch 4: 18");
        assertThatThrownBy(() -> config(Stem.PATCHES, Position.LEARNED, Pool.MEAN, 0, Distillation.HEAD, 0))
                .hasMessage("distillation needs the pool class-token: MEAN");
        assertThatThrownBy(() -> new VisionTransformer(plain(0), new Ports(16, 3, 5), Rng.of(4))
                        .forward(Rng.of(1).normal(1, 3, 20, 20)))
                .hasMessage("pictures must be (N, 3, 16, 16): [1, 3, 20, 20]");
        assertThat(List.of(Size.values())).extracting(size -> size.name(16)).contains("vit-ti16", "vit-b16", "vit-h16");
    }
}
