package dev.calotype.model.vivit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.model.vivit.VivitConfig.Order;
import dev.calotype.model.vivit.VivitConfig.Pool;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.TubeletEmbedding.Start;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class VivitTest {
    private static final Ports PORTS = new Ports(4, 8, 3, 5);
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void free() {
        scope.close();
    }

    static VivitConfig config(Variant variant, Order order, int temporalDepth, Pool pool, double dropout) {
        return new VivitConfig(
                variant,
                order,
                0,
                2,
                Start.CENTRAL_FRAME,
                4,
                16,
                3,
                temporalDepth,
                4,
                24,
                pool,
                Activation.GELU,
                dropout,
                dropout,
                1e-6);
    }

    /** Every sort of network that there can be. */
    static List<VivitConfig> all() {
        List<VivitConfig> all = new ArrayList<>();
        for (Pool pool : Pool.values()) {
            all.add(config(Variant.SPATIO_TEMPORAL, Order.SPACE_TIME, 2, pool, 0));
            all.add(config(Variant.FACTORISED_ENCODER, Order.SPACE_TIME, 2, pool, 0));
            all.add(config(Variant.FACTORISED_ENCODER, Order.SPACE_TIME, 0, pool, 0));
        }
        for (Order order : Order.values()) all.add(config(Variant.FACTORISED_SELF_ATTENTION, order, 2, Pool.MEAN, 0));
        all.add(config(Variant.FACTORISED_DOT_PRODUCT, Order.SPACE_TIME, 2, Pool.MEAN, 0));
        return all;
    }

    /** Far from where training begins, so that nothing is 0. */
    private static Vivit shaken(VivitConfig config) {
        Vivit network = new Vivit(config, PORTS, Rng.of(4));
        Rng rng = Rng.of(9);
        Scope.inference(() -> {
            Tensors.parameters(network)
                    .values()
                    .forEach(p -> p.add_(rng.normal(Tensors.shape(p)).mul(new Scalar(0.2))));
            return Tensors.of(0.0);
        });
        return network;
    }

    private static Tensor clips(int count) {
        return Rng.of(1).normal(count, 4, 3, 8, 8);
    }

    /** The paper's tables 2 and 6; its 88.9 M are 88,954,000 and 88,952,464, cut where the others are rounded. */
    @ParameterizedTest
    @CsvSource({
        "SPATIO_TEMPORAL, 4, 88.954000, 455.2",
        "FACTORISED_ENCODER, 4, 115.062928, 284.4",
        "FACTORISED_SELF_ATTENTION, 4, 117.319312, 372.3",
        "FACTORISED_DOT_PRODUCT, 4, 88.952464, 277.1",
        "FACTORISED_ENCODER, 0, 86.696080, 283.9"
    })
    void thePaperTableIsReproduced(Variant variant, int temporalDepth, double millions, double gigaflops) {
        VivitConfig config = VivitConfig.base(variant).withTemporalDepth(temporalDepth);
        VivitCost cost = VivitCost.of(config, new Ports(32, 224, 3, 400));
        assertThat(cost.network().parameters() / 1e6).isCloseTo(millions, within(1e-9));
        assertThat(Math.round(cost.flops() / 1e8) / 10.0).isEqualTo(gigaflops);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCountIsThatOfTheNetwork(VivitConfig config) {
        Vivit network = new Vivit(config, PORTS, Rng.of(0));
        assertThat(VivitCost.of(config, PORTS).network().parameters())
                .isEqualTo(Tensors.parameters(network).values().stream()
                        .mapToLong(Tensor::numel)
                        .sum());
        assertThat(Tensors.shape(network.forward(clips(2)))).containsExactly(2, 5);
        assertThat(Tensors.shape(network.features(clips(2)))).containsExactly(2, 16);
    }

    @ParameterizedTest
    @MethodSource("all")
    void aClipDoesNotDependOnItsBatchAndEveryWeightLearns(VivitConfig config) {
        Vivit network = shaken(config);
        Tensor x = clips(3);
        float[] all = Tensors.floats(network.forward(x).narrow(0, 1, 1));
        assertThat(Tensors.floats(network.forward(x.narrow(0, 1, 1)))).containsExactly(all, within(1e-5f));
        network.forward(x).square().mean().backward();
        Tensors.parameters(network).forEach((name, p) -> assertThat(
                        p.grad().defined() && p.grad().abs().max().item_double() > 0)
                .as(name)
                .isTrue());
    }

    /** Without its order a clip is a set of pictures: the mean of frames alone does not see it, all others do. */
    @ParameterizedTest
    @MethodSource("all")
    void theOrderOfMomentsIsSeenByAllButTheMeanOfFrames(VivitConfig config) {
        Vivit network = shaken(config);
        Tensor x = clips(1);
        Tensor swapped = Tensors.cat(1, x.narrow(1, 2, 2), x.narrow(1, 0, 2));
        double difference =
                network.forward(x).sub(network.forward(swapped)).abs().max().item_double();
        if (config.variant() == Variant.FACTORISED_ENCODER && config.temporalDepth() == 0)
            assertThat(difference).isLessThan(1e-5);
        else assertThat(difference).isGreaterThan(1e-3);
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void theAttentionInTimeBeginsAsNothingAndLearns(Order order) {
        Vivit network = new Vivit(config(Variant.FACTORISED_SELF_ATTENTION, order, 0, Pool.MEAN, 0), PORTS, Rng.of(3));
        Map<String, Tensor> weights = Tensors.parameters(network);
        assertThat(weights.get("encoder.blocks.1.time.attn.proj.weight")
                        .count_nonzero()
                        .item_long())
                .isZero();
        assertThat(weights.get("encoder.blocks.1.attn.proj.weight")
                        .count_nonzero()
                        .item_long())
                .isPositive();
        network.features(clips(2)).square().mean().backward();
        assertThat(weights.get("encoder.blocks.1.time.attn.proj.weight")
                        .grad()
                        .abs()
                        .max()
                        .item_double())
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theRollOutSharesAllAttentionAmongTheTubelets(VivitConfig config) {
        Tensor shares = shaken(config).rollOut(clips(2));
        assertThat(Tensors.shape(shares)).containsExactly(2, 2, 2, 2);
        for (double sum : Tensors.doubles(shares.sum(new long[] {1, 2, 3})))
            assertThat(sum).isCloseTo(1, within(1e-5));
        for (float share : Tensors.floats(shares)) assertThat(share).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Recomputation.Policy.class)
    void dropoutRepeatsWithItsSeedAndRecomputingChangesNothing(Recomputation.Policy policy) {
        Vivit network = new Vivit(
                config(Variant.FACTORISED_SELF_ATTENTION, Order.SPACE_TIME, 0, Pool.MEAN, 0.4), PORTS, Rng.of(3));
        network.reseed(5);
        float[] kept = Tensors.floats(network.features(clips(4)));
        network.recompute(policy);
        network.reseed(5);
        assertThat(Tensors.floats(network.features(clips(4)))).containsExactly(kept);
        assertThat(Tensors.floats(network.features(clips(4)))).isNotEqualTo(kept);
    }

    @Test
    void uniformSamplingTakesTheMiddleOfEqualParts() {
        VivitConfig base = config(Variant.SPATIO_TEMPORAL, Order.SPACE_TIME, 0, Pool.MEAN, 0);
        VivitConfig one = sampled(base, 1);
        assertThat(one.seen(8)).containsExactly(4);
        assertThat(sampled(base, 4).seen(8)).containsExactly(1, 3, 5, 7);
        assertThat(sampled(base, 3).seen(8)).containsExactly(1, 4, 6);
        assertThat(base.seen(4)).containsExactly(0, 1, 2, 3);
        Vivit network = new Vivit(one, PORTS, Rng.of(4));
        Tensor x = clips(1), other = clips(1).clone();
        other.narrow(1, 0, 2).zero_();
        other.narrow(1, 3, 1).zero_();
        assertThat(Tensors.floats(network.features(x))).containsExactly(Tensors.floats(network.features(other)));
        assertThat(network.shown()).containsExactly(2);
    }

    private static VivitConfig sampled(VivitConfig c, int sampled) {
        return new VivitConfig(
                c.variant(),
                c.order(),
                sampled,
                1,
                c.start(),
                c.patch(),
                c.width(),
                c.depth(),
                c.temporalDepth(),
                c.heads(),
                c.hidden(),
                c.pool(),
                c.activation(),
                0,
                0,
                c.epsilon());
    }

    @Test
    void whatCannotBeIsRefusedInOneSentence() {
        assertThatThrownBy(() -> config(Variant.FACTORISED_DOT_PRODUCT, Order.SPACE_TIME, 0, Pool.CLASS_TOKEN, 0))
                .hasMessage("pool must be mean where attention is factorised within blocks: class-token");
        VivitConfig config = config(Variant.SPATIO_TEMPORAL, Order.SPACE_TIME, 0, Pool.MEAN, 0);
        assertThatThrownBy(() -> new Vivit(config, new Ports(5, 8, 3, 5)))
                .hasMessage("tubelet must divide the 5 frames that are seen: 2");
        assertThatThrownBy(() -> new Vivit(sampled(config, 8), PORTS))
                .hasMessage("sampled must be at most the 4 frames of a clip: 8");
        assertThatThrownBy(() -> shaken(config).forward(Rng.of(0).normal(1, 6, 3, 8, 8)))
                .hasMessage("clips must be (N, 4, 3, 8, 8): [1, 6, 3, 8, 8]");
    }
}
