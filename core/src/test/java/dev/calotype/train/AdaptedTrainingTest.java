package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AdaptedTrainingTest {
    private static Adaptation adaptation(Method method, double rankDropout) {
        List<String> layers = method == Method.PARTIAL ? List.of("out") : List.of();
        return new Adaptation(method, layers, Set.of("time_embed.0.bias"), 4, 8, rankDropout, 3);
    }

    private static GradientStep<?> step(Method method, double rankDropout, Precision precision, int replicas) {
        var options = new GradientStep.Options(Optimizer.ADAMW, 0.01, 0.99, 1, 1, Averaging.exponential(List.of(0.0)));
        return Toys.diffusionStep(precision, replicas, options.with(adaptation(method, rankDropout)));
    }

    private static Map<String, double[]> values(Map<String, Tensor> tensors) {
        Map<String, double[]> values = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, Tensors.doubles(tensor)));
        return values;
    }

    private static Map<String, double[]> average(GradientStep<?> step) {
        try (PointerScope scope = new PointerScope()) {
            return values(step.average(0.0));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Method.class, names = "FULL", mode = EnumSource.Mode.EXCLUDE)
    void onlyWhatIsNamedMoves(Method method) {
        try (GradientStep<?> step = step(method, 0, Precision.FP32, 1)) {
            Map<String, double[]> before = average(step);
            Toys.train(step, 1, 3, 8);
            Map<String, double[]> after = average(step);
            Set<String> learned = step.weights().keySet();
            assertThat(after.keySet()).isEqualTo(before.keySet());
            after.forEach((name, now) -> {
                boolean factored = name.endsWith(".weight")
                        && learned.contains(Adaptation.factors(name).get(0));
                boolean moves = learned.contains(name) || factored;
                if (moves) assertThat(now).as(name).isNotEqualTo(before.get(name));
                else assertThat(now).as(name).isEqualTo(before.get(name));
            });
            assertThat(step.parameterCount())
                    .isLessThan(
                            before.values().stream().mapToLong(x -> x.length).sum());
        }
    }

    /** W = W0 + alpha/r B A of what the state holds. */
    @Test
    void whatTheNetworkComputesWithIsTheSumOfBaseAndFactors() {
        String name = "time_embed.0.weight";
        try (GradientStep<?> step = step(Method.LORA, 0, Precision.FP32, 2)) {
            double[] base = average(step).get(name);
            Toys.train(step, 1, 3, 8);
            Scope.run(() -> {
                Map<String, Tensor> learned = step.weights();
                List<String> factors = Adaptation.factors(name);
                Tensor product = learned.get(factors.get(1)).matmul(learned.get(factors.get(0)));
                Tensor sum = Tensors.ofDoubles(base, Tensors.shape(product))
                        .add(product.mul(new Scalar(2.0)).to(ScalarType.Double));
                for (Object network : step.networks)
                    assertThat(Tensors.doubles(
                                    Tensors.parameters((Module) network).get(name)))
                            .containsExactly(Tensors.doubles(sum), within(1e-6));
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LORA, 0, FP32",
        "LORA, 0.5, FP32",
        "DORA, 0.5, FP32",
        "PARTIAL, 0, FP32",
        "LORA, 0.5, BF16",
        "DORA, 0, BF16"
    })
    void aRestoredStepGoesOnAsIfItHadNeverStopped(Method method, double rankDropout, Precision precision) {
        try (GradientStep<?> straight = step(method, rankDropout, precision, 2);
                GradientStep<?> stopped = step(method, rankDropout, precision, 2);
                GradientStep<?> resumed = step(method, rankDropout, precision, 2)) {
            Toys.train(straight, 1, 4, 8);
            Toys.train(stopped, 1, 2, 8);
            Scope.run(() -> resumed.restore(stopped.state(), 2));
            Toys.train(resumed, 3, 4, 8);
            assertThat(Toys.fingerprint(resumed)).isEqualTo(Toys.fingerprint(straight));
            assertThat(average(resumed)).usingRecursiveComparison().isEqualTo(average(straight));
        }
    }

    @Test
    void rankDropoutLeavesOthersOutInEveryStepAndNothingInTheAverage() {
        try (GradientStep<?> with = step(Method.LORA, 0.5, Precision.FP32, 1);
                GradientStep<?> without = step(Method.LORA, 0, Precision.FP32, 1)) {
            Toys.train(with, 1, 2, 8);
            Toys.train(without, 1, 2, 8);
            assertThat(Toys.fingerprint(with)).isNotEqualTo(Toys.fingerprint(without));
            String name = "time_embed.0.weight";
            Scope.run(() -> {
                double[] computed = Tensors.doubles(
                        Tensors.parameters((Module) with.networks.get(0)).get(name));
                assertThat(computed).isNotEqualTo(average(with).get(name)); // thinned
            });
        }
    }

    private static BatchLoss squares(LinearImpl network, Batch batch, Rng rng) {
        Tensor x = batch.images().reshape(batch.count(), -1).to(Precision.BF16.dtype()); // (N, 12)
        return BatchLoss.of(network.forward(x)
                .to(Precision.FP32.dtype())
                .sub(new Scalar(1.0))
                .square()
                .mean());
    }

    /** The parts' gradients are of whole weights, those of the factors follow from their sum. */
    @Test
    void partsInBf16AddUpToTheBatchAndLeaveNothingBehind() {
        double[] norms = new double[2];
        for (int i = 0; i < 2; i++) {
            var options = new GradientStep.Options(
                            Optimizer.ADAMW, 0, 0.99, 0, i == 0 ? 1 : 4, Averaging.exponential(List.of(0.9)))
                    .with(new Adaptation(Method.LORA, List.of("weight"), Set.of(), 1, 1, 0, 5));
            try (var step = new GradientStep<>(
                    AdaptedTrainingTest::squares, Toys.linear(2), Precision.BF16, options, rate -> 0.01, Rng.of(1))) {
                int at = i;
                Scope.run(() -> step.run(Toys.batch(1, 16, 2)));
                long before = Scope.live();
                Scope.run(() -> step.run(Toys.batch(2, 16, 2)));
                assertThat(Scope.live()).isEqualTo(before);
                Scope.run(() -> norms[at] = step.run(Toys.batch(4, 16, 2)).gradientNorm());
            }
        }
        assertThat(norms[1]).isCloseTo(norms[0], withinPercentage(3));
    }

    @Test
    void replicasAddUpToOneNetwork() {
        var options = new GradientStep.Options(Optimizer.ADAMW, 0, 0.99, 0, 1, Averaging.exponential(List.of(0.9)))
                .with(new Adaptation(Method.LORA, List.of("weight"), Set.of(), 1, 1, 0, 5));
        List<Map<String, double[]>> learned = new ArrayList<>();
        for (int replicas = 1; replicas <= 2; replicas++)
            try (GradientStep<LinearImpl> step = Toys.linearStep(replicas, options)) {
                Toys.train(step, 1, 3, 2);
                learned.add(Scope.read(() -> values(step.state())));
            }
        learned.get(0)
                .forEach((name, value) -> assertThat(learned.get(1).get(name)).containsExactly(value, within(1e-5)));
        assertThat(learned.get(0)).doesNotContainKey("weights/bias");
    }

    @Test
    void nothingIsLeftBehind() {
        try (GradientStep<?> step = step(Method.DORA, 0.5, Precision.FP32, 2)) {
            Toys.train(step, 1, 2, 8);
            average(step);
            System.gc();
            long before = Scope.live();
            Toys.train(step, 3, 5, 8);
            average(step);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }
}
