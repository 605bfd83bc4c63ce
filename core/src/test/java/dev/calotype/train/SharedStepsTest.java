package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.collective.Companions;
import dev.calotype.collective.Distributed;
import dev.calotype.collective.OneRank;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static GradientStep.Options options(Optimizer optimizer, Distributed distributed) {
        return Toys.options(optimizer).with(distributed);
    }

    @ParameterizedTest
    @CsvSource({"2, ADAMW, FP32", "4, ADAMW, FP32", "3, MUON, FP32", "2, SCHEDULE_FREE, BF16"})
    void aShardedOptimizerLearnsWhatAWholeOneLearns(int world, Optimizer optimizer, Precision precision) {
        var plain = options(optimizer, Distributed.PLAIN);
        var sharded = options(optimizer, new Distributed(Distributed.Method.ZERO_1, 1, 1, 0));
        List<Map<String, double[]>> wanted = Companions.of(world, ranks -> state(ranks, plain, precision));
        List<Map<String, double[]>> got = Companions.of(world, ranks -> state(ranks, sharded, precision));
        assertThat(got.get(0)).hasSameSizeAs(wanted.get(0));
        if (world == 2) assertSame(got.get(0), wanted.get(0));
        else // sums of more than two in another order: the gradient of some biases is nothing but rounding
        assertThat(got.get(0).get("weights/out.2.weight"))
                    .containsExactly(wanted.get(0).get("weights/out.2.weight"), within(1e-6));
        for (int rank = 1; rank < world; rank++)
            assertThat(got.get(rank).size()).isLessThan(got.get(0).size());
    }

    /** To the bit; array by array, since a comparison of all their numbers as objects takes seconds. */
    private static void assertSame(Map<String, double[]> got, Map<String, double[]> wanted) {
        assertThat(got.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((name, values) -> assertThat(got.get(name)).as(name).isEqualTo(values));
    }

    /** The state that rank 0 ends with, and the part that each other rank has of it. */
    private static Map<String, double[]> state(Ranks ranks, GradientStep.Options options, Precision precision) {
        int replicas = ranks.world() == 3 ? 1 : REPLICAS / ranks.world(), images = ranks.world() == 3 ? 3 : IMAGES;
        try (var step = Toys.diffusionStep(precision, replicas, options, ranks)) {
            for (int i = 1; i <= 4; i++) {
                Batch part = Toys.batch(100 + i, images, 8).split(ranks.world()).get(ranks.rank());
                Scope.run(() -> step.run(part));
            }
            return told(ranks, step);
        }
    }

    private static Map<String, double[]> told(Ranks ranks, GradientStep<?> step) {
        Map<String, double[]> state = new TreeMap<>();
        Scope.run(() -> {
            if (ranks.first()) step.state().forEach((name, view) -> state.put(name, Tensors.doubles(view)));
            for (int said; (said = (int) ranks.follow(0)[0]) >= Learner.ASSIST; ) step.assist(said - Learner.ASSIST);
            if (!ranks.first()) step.state().forEach((name, view) -> state.put(name, Tensors.doubles(view)));
        });
        return state;
    }

    @ParameterizedTest
    @CsvSource({"ADAMW, FP32", "ADAMW, BF16", "SCHEDULE_FREE, FP32"})
    void aShardedOptimizerGoesOnWithAnotherNumberOfRanks(Optimizer optimizer, Precision precision) {
        var sharded = options(optimizer, new Distributed(Distributed.Method.ZERO_1, 1, 1, 0));
        var plain = options(optimizer, Distributed.PLAIN);
        Map<String, double[]> saved = Companions.of(4, ranks -> gone(ranks, sharded, precision, Map.of(), 3))
                .get(0);
        assertSame(
                Companions.of(2, ranks -> gone(ranks, sharded, precision, saved, 0))
                        .get(0),
                saved);
        Map<String, double[]> further = Companions.of(2, ranks -> gone(ranks, sharded, precision, saved, 2))
                .get(0);
        Map<String, double[]> wanted = Companions.of(2, ranks -> gone(ranks, plain, precision, saved, 2))
                .get(0);
        assertSame(further, wanted);
    }

    /** The state after a saved one and so many steps. */
    private static Map<String, double[]> gone(
            Ranks ranks, GradientStep.Options options, Precision precision, Map<String, double[]> saved, int steps) {
        try (var step = Toys.diffusionStep(precision, 1, options, ranks)) {
            Scope.run(() -> restore(step, ranks, saved, options, precision));
            for (int i = 1; i <= steps; i++) {
                Batch part = Toys.batch(100 + i, IMAGES, 8).split(ranks.world()).get(ranks.rank());
                Scope.run(() -> step.run(part));
            }
            return told(ranks, step);
        }
    }

    /** As a run does: rank 0 from the file, and the others from there. */
    private static void restore(
            GradientStep<?> step,
            Ranks ranks,
            Map<String, double[]> saved,
            GradientStep.Options options,
            Precision precision) {
        if (saved.isEmpty()) return;
        try (var shaped = Toys.diffusionStep(precision, 1, options, Ranks.ALONE)) {
            Map<String, Tensor> tensors = new TreeMap<>();
            shaped.state()
                    .forEach(
                            (name, view) -> tensors.put(name, Tensors.ofDoubles(saved.get(name), Tensors.shape(view))));
            if (ranks.first() || step.isWhole()) step.restore(tensors, 3);
            if (!step.isWhole()) step.spread(ranks.first() ? tensors : Map.of(), 3);
        }
    }

    @Test
    void whoMeetsAfterEveryStepAveragesWeights() {
        var averaging = options(Optimizer.ADAMW, new Distributed(Distributed.Method.DILOCO, 1, 1, 0));
        List<End> ends = Companions.of(2, ranks -> train(ranks, averaging, Precision.FP32));
        assertThat(ends.get(1).state()).isEqualTo(ends.get(0).state());
        double[] apart = averaged();
        assertThat(ends.get(0).weights()).containsExactly(apart, within(1e-6));
        assertThat(Companions.of(2, ranks -> train(ranks, averaging, Precision.FP32))
                        .get(0)
                        .state())
                .isEqualTo(ends.get(0).state());
    }

    /** One of several that knows of no other. */
    private static final class Apart extends OneRank {
        private final int rank;

        Apart(int rank) {
            this.rank = rank;
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public boolean first() {
            return true;
        }
    }

    /** The same by hand: two trainings, whose states are averaged after every step. */
    private static double[] averaged() {
        List<GradientStep<DiffusionNetwork>> both = new ArrayList<>();
        for (int rank = 0; rank < 2; rank++) both.add(Toys.diffusionStep(Precision.FP32, 2, ADAMW, new Apart(rank)));
        try {
            for (int i = 1; i <= STEPS; i++) {
                List<Batch> parts = Toys.batch(100 + i, IMAGES, 8).split(2);
                for (int rank = 0; rank < 2; rank++) {
                    int own = rank;
                    Scope.run(() -> both.get(own).run(parts.get(own)));
                }
                long made = i;
                Scope.read(() -> {
                    Map<String, Tensor> mean = new TreeMap<>();
                    both.get(0)
                            .state()
                            .forEach((name, view) -> mean.put(
                                    name,
                                    view.add(both.get(1).state().get(name)).div(new Scalar(2.0))));
                    both.forEach(step -> step.restore(mean, made));
                    return null;
                });
            }
            return Scope.read(() -> Tensors.doubles(both.get(0).weights().get("out.2.weight")));
        } finally {
            both.forEach(GradientStep::close);
        }
    }

    @Test
    void whoMeetsSeldomIsApartBetween() {
        var seldom = options(Optimizer.ADAMW, new Distributed(Distributed.Method.DILOCO, 3, 0.7, 0.9));
        List<List<String>> states = Companions.of(2, ranks -> {
            List<String> after = new ArrayList<>();
            try (var step = Toys.diffusionStep(Precision.BF16, 2, seldom, ranks)) {
                for (int i = 1; i <= 6; i++) {
                    Batch part = Toys.batch(100 + i, IMAGES, 8).split(2).get(ranks.rank());
                    Scope.run(() -> step.run(part));
                    assertThat(step.isSettled()).isEqualTo(i % 3 == 0);
                    after.add(Toys.fingerprint(step));
                }
            }
            return after;
        });
        for (int i = 1; i <= 6; i++) {
            String first = states.get(0).get(i - 1), second = states.get(1).get(i - 1);
            if (i % 3 == 0) assertThat(second).as("after step %d", i).isEqualTo(first);
            else assertThat(second).as("after step %d", i).isNotEqualTo(first);
        }
    }

    @Test
    void theSameRanksLearnTheSameBits() {
        List<End> once = Companions.of(2, ranks -> train(ranks, ADAMW, Precision.FP32));
        List<End> again = Companions.of(2, ranks -> train(ranks, ADAMW, Precision.FP32));
        assertThat(again.get(0).state()).isEqualTo(once.get(0).state());
    }
}
