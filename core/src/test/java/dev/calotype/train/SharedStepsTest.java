package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.collective.Companions;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that several processes share; here each is a thread. */
class SharedStepsTest {
    private static final int STEPS = 20, IMAGES = 4, REPLICAS = 4;
    private static final GradientStep.Options ADAMW = Toys.options(Optimizer.ADAMW);

    /** What a rank ends with: the hash of its state, its weights, and the loss and the norm of every step. */
    private record End(String state, double[] weights, List<Double> told) {}

    private static End train(Ranks ranks, GradientStep.Options options, Precision precision) {
        List<Double> told = new ArrayList<>();
        try (var step = Toys.diffusionStep(precision, REPLICAS / ranks.world(), options, ranks)) {
            for (int i = 1; i <= STEPS; i++) {
                Batch part = Toys.batch(100 + i, IMAGES, 8).split(ranks.world()).get(ranks.rank());
                Scope.run(() -> {
                    StepReport report = step.run(part);
                    assertThat(report.images()).isEqualTo(IMAGES);
                    told.add(report.loss());
                    told.add(report.gradientNorm());
                });
            }
            double[] weights = Scope.read(() -> Tensors.doubles(step.weights().get("out.2.weight")));
            return new End(Toys.fingerprint(step), weights, told);
        }
    }

    private static double[] doubles(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void severalRanksLearnWhatOneWithAsManyReplicasLearns(int world) {
        End alone = train(Ranks.ALONE, ADAMW, Precision.FP32);
        List<End> ends = Companions.of(world, ranks -> train(ranks, ADAMW, Precision.FP32));
        for (End end : ends) {
            assertThat(end.state()).isEqualTo(ends.get(0).state());
            assertThat(end.weights()).containsExactly(alone.weights(), within(1e-6));
            assertThat(doubles(end.told())).containsExactly(doubles(alone.told()), within(1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void everyRuleKeepsAllRanksTheSameToTheBit(Optimizer optimizer) {
        List<End> ends = Companions.of(2, ranks -> train(ranks, Toys.options(optimizer), Precision.BF16));
        assertThat(ends.get(1).state()).isEqualTo(ends.get(0).state());
        assertThat(ends.get(1).told()).isEqualTo(ends.get(0).told());
    }

    @Test
    void theSameRanksLearnTheSameBits() {
        List<End> once = Companions.of(2, ranks -> train(ranks, ADAMW, Precision.FP32));
        List<End> again = Companions.of(2, ranks -> train(ranks, ADAMW, Precision.FP32));
        assertThat(again.get(0).state()).isEqualTo(once.get(0).state());
    }
}
