package dev.calotype.model.dit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.dit.DitConfig.Positions;
import dev.calotype.model.hint.Hints;
import dev.calotype.nn.Layout;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiffusionTransformerTest {
    private static final Ports TOLD = new Ports(3, 3, 0, new Hints(4, 2, 0));

    private static DitConfig config(Text text, QueryKeyNorm norm, Positions positions) {
        return new DitConfig(16, 2, 2, 4, 2, text, norm, positions, 0, 0.2);
    }

    private static DitConfig config(Text text) {
        return config(text, QueryKeyNorm.RMS, Positions.SIN_COS);
    }

    private static DiffusionTransformer awake(DitConfig config, Ports ports) {
        return Awake.network(new DiffusionTransformer(config, ports, 8, Rng.of(1)), 2);
    }

    private static Condition vectors(double... values) {
        float[] given = new float[values.length];
        for (int i = 0; i < given.length; i++) given[i] = (float) values[i];
        return new Condition(Columns.of(Columns.EMBEDDING, new Column.Floats(given, List.of(4))));
    }

    private static final Condition TWO = vectors(1, 0, 0, 0, 0, 0.6, 0.8, 0);

    @ParameterizedTest
    @CsvSource({
        "JOINT,NONE,SIN_COS,0,0",
        "JOINT,RMS,SIN_COS,5,0",
        "JOINT,RMS,LEARNED,0,2",
        "SINGLE,NONE,LEARNED,0,2",
        "ONE_SIDED,RMS,SIN_COS,3,2",
        "JOINT,NONE,SIN_COS,0,2"
    })
    void theFootprintCountsTheWeights(Text text, QueryKeyNorm norm, Positions positions, int classes, int tokens) {
        DitConfig config = config(text, norm, positions);
        Ports ports = new Ports(3, 6, classes, new Hints(tokens == 0 ? 0 : 4, tokens, 0));
        long weights = Scope.read(() -> Tensors.parameters(new DiffusionTransformer(config, ports, 8)).values().stream()
                .mapToLong(Tensor::numel)
                .sum());
        assertThat(new DitFootprint(config, ports, 8, Precision.FP32).weights()).isEqualTo(weights);
    }

    /** Table 1 of Peebles and Xie 2023, and its XL/2 of 675 million: latents of 32 x 32 x 4, 1000 classes and none, learned variance. */
    @ParameterizedTest
    @CsvSource({"384,12,6,33", "768,12,12,130", "1024,24,16,458", "1152,28,16,675"})
    void theShapesOfThePaperHaveItsNumbersOfWeights(int width, int depth, int heads, int millions) {
        var config = new DitConfig(width, depth, heads, 4, 2, Text.JOINT, QueryKeyNorm.NONE, Positions.SIN_COS, 0, 0);
        long weights = new DitFootprint(config, new Ports(4, 8, 1001), 32, Precision.FP32).weights();
        assertThat(Math.round(weights / 1e6)).isEqualTo(millions);
    }

    @ParameterizedTest
    @EnumSource(
            value = Text.class,
            names = {"JOINT", "SINGLE", "ONE_SIDED"})
    void aFreshNetworkAnswersZeroAndAnAwakeOneListensToItsText(Text text) {
        Scope.run(() -> {
            Tensor x = Rng.of(3).normal(2, 3, 8, 8), times = Tensors.of(10.0, 700.0);
            var fresh = new DiffusionTransformer(config(text), TOLD, 8, Rng.of(1));
            assertThat(fresh.forward(x, times, TWO).abs().max().item_double()).isZero();
            // blocks that add nothing until something is told to them
            DiffusionTransformer network = awake(config(text), TOLD);
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor told = network.forward(x, times, TWO), other = network.forward(x, times, vectors(new double[8]));
                assertThat(Deviation.relative(told, other)).isGreaterThan(1e-3);
                Tensor alone = network.forward(x.narrow(0, 1, 1), times.narrow(0, 1, 1), TWO.slice(1, 2));
                assertThat(Deviation.largest(told.narrow(0, 1, 1), alone)).isLessThan(1e-5);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"JOINT,FP32", "SINGLE,FP32", "ONE_SIDED,FP32", "JOINT,BF16"})
    void recomputedGradientsAreThoseOfThePlainPathBitForBitAndNoneIsMissing(Text text, Precision precision) {
        DiffusionTransformer network = awake(config(text), TOLD);
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> Tensors.parameters(network)
                    .values()
                    .forEach(p -> p.set_data(Layout.of(precision.dtype()).apply(p.to(precision.dtype())))));
        }
        Map<String, float[]> plain = pass(network, Policy.NEVER), again = pass(network, Policy.ALWAYS);
        plain.forEach((name, values) -> assertThat(again.get(name)).as(name).containsExactly(values));
    }

    /** The change of the loss along a random direction of each tensor is what its gradient says. */
    @ParameterizedTest
    @EnumSource(
            value = Text.class,
            names = {"JOINT", "SINGLE", "ONE_SIDED"})
    void gradientsAreTheSlopesOfTheLoss(Text text) {
        Scope.run(() -> {
            var still = new DitConfig(16, 2, 2, 4, 2, text, QueryKeyNorm.RMS, Positions.SIN_COS, 0, 0);
            DiffusionTransformer network = awake(still, TOLD);
            Tensor x = Rng.of(5).normal(2, 3, 8, 8), weights = Rng.of(6).normal(2, 3, 8, 8);
            Supplier<Tensor> loss = () -> network.forward(x, Tensors.of(10.0, 700.0), TWO)
                    .mul(weights)
                    .sum();
            loss.get().backward();
            Tensors.parameters(network).forEach((name, parameter) -> {
                if (name.equals("hints.nothing")) return; // both pictures are told something
                Tensor way =
                        Rng.of(7).normalLike(parameter).mul(parameter.grad().abs()); // mostly where it matters
                double said = parameter.grad().mul(way).sum().item_double();
                double length = way.norm().item_double(), step = 3e-3;
                double slope = Scope.read(() -> {
                    Tensor move = Tensors.scale(step / length, way);
                    parameter.add_(move);
                    double above = loss.get().item_double();
                    parameter.sub_(move).sub_(move);
                    double below = loss.get().item_double();
                    parameter.add_(move);
                    return (above - below) / (2 * step) * length;
                });
                double most = parameter.grad().norm().item_double() * length;
                assertThat(slope).as(name).isCloseTo(said, within(0.02 * most + 1e-6));
            });
        });
    }

    private static Map<String, float[]> pass(DiffusionTransformer network, Policy policy) {
        Map<String, float[]> values = new LinkedHashMap<>();
        network.recompute(policy);
        network.reseed(7);
        Scope.run(() -> {
            Tensor y = network.forward(Rng.of(5).normal(2, 3, 8, 8), Tensors.of(10.0, 999.0), TWO);
            y.mul(y).mean().backward();
            values.put("y", Tensors.floats(y.detach()));
            Tensors.parameters(network).forEach((name, parameter) -> {
                assertThat(parameter.grad().defined()).as(name).isTrue();
                values.put(name, Tensors.floats(parameter.grad()));
                parameter.mutable_grad().reset();
            });
        });
        return values;
    }

    @Test
    void placesAreSeenAndOtherSidesAreTakenWithoutATableAlone() {
        Scope.run(() -> {
            Ports plain = new Ports(3, 3, 0);
            DiffusionTransformer fixed = awake(config(Text.JOINT), plain);
            DiffusionTransformer learned = awake(config(Text.JOINT, QueryKeyNorm.NONE, Positions.LEARNED), plain);
            Tensor same = Rng.of(3).normal(1, 3, 2, 2).repeat(1, 1, 4, 6); // every patch alike
            Tensor out = fixed.forward(same, Tensors.of(9.0), Condition.NONE);
            assertThat(Deviation.largest(out.narrow(2, 0, 2), out.narrow(2, 2, 2)))
                    .isGreaterThan(1e-3);
            assertThatThrownBy(() -> learned.forward(same, Tensors.of(9.0), Condition.NONE))
                    .hasMessage("with learned positions the sides must be 8: 8 x 12");
            assertThatThrownBy(() -> fixed.forward(same.narrow(3, 0, 7), Tensors.of(9.0), Condition.NONE))
                    .hasMessage("the network wants (N, 3, H, W) with multiples of 2: [1, 3, 8, 7]");
        });
    }

    @Test
    void whatIsWrongWithAShapeIsSaid() {
        assertThatThrownBy(() -> new DitConfig(18, 2, 2, 4, 2, Text.JOINT, QueryKeyNorm.NONE, Positions.SIN_COS, 0, 0))
                .hasMessage("transformer.width must be a multiple of 4 and of transformer.heads, 2: 18");
        assertThatThrownBy(() -> config(Text.JOINT_LAST))
                .hasMessage("transformer.text must be joint, single or one-sided: joint-last");
        assertThatThrownBy(() -> new DiffusionTransformer(config(Text.JOINT), TOLD, 9))
                .hasMessage("the side must be a multiple of transformer.patch, 2: 9");
    }
}
