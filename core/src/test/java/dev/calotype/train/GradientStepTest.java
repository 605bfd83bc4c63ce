package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep.PartRates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientStepTest {
    private static double[] values(GradientStep<?> step, String prefix) {
        return Scope.read(() -> {
            double[] weight = Tensors.doubles(step.state().get(prefix + "weight"));
            double[] all = java.util.Arrays.copyOf(weight, 13);
            all[12] = Tensors.doubles(step.state().get(prefix + "bias"))[0];
            return all;
        });
    }

    /** The gradient of the mean of (w x + b - 1)^2, by hand. */
    private static double[] gradient(double[] p, Batch batch) {
        double[] g = new double[13];
        for (int n = 0; n < batch.count(); n++) {
            double error = p[12] - 1;
            for (int i = 0; i < 12; i++) error += p[i] * pixel(batch, n, i);
            for (int i = 0; i < 12; i++) g[i] += 2 * error * pixel(batch, n, i) / batch.count();
            g[12] += 2 * error / batch.count();
        }
        return g;
    }

    private static double pixel(Batch batch, int n, int i) {
        return (batch.pixels()[12 * n + i] & 0xFF) / 127.5 - 1;
    }

    /** Loshchilov & Hutter 2019, algorithm 2, with clipping before and an average after. */
    @Test
    void isAdamWWithClippingAndAnAverageThatRamps() {
        double decay = 0.1, beta2 = 0.98, clip = 0.7, averaging = 0.25;
        var options = new GradientStep.Options(decay, beta2, clip, 1, List.of(averaging));
        try (GradientStep<LinearImpl> step = Toys.linearStep(1, options)) {
            double[] p = values(step, "weights/");
            double[] average = p.clone(), m = new double[13], v = new double[13];
            boolean clipped = false;
            for (int t = 1; t <= 6; t++) {
                Batch batch = Toys.batch(100 + t, 5, 2);
                StepReport[] report = new StepReport[1];
                Scope.run(() -> report[0] = step.run(batch));
                double[] g = gradient(p, batch);
                double norm = 0;
                for (double x : g) norm += x * x;
                norm = Math.sqrt(norm);
                clipped |= norm > clip;
                double rate = 0.05 / t, ramp = Math.min(averaging, (1.0 + t) / (10 + t));
                for (int i = 0; i < 13; i++) {
                    double gi = norm > clip ? g[i] * clip / norm : g[i];
                    m[i] = 0.9 * m[i] + 0.1 * gi;
                    v[i] = beta2 * v[i] + (1 - beta2) * gi * gi;
                    p[i] -= rate * decay * p[i];
                    double mHat = m[i] / (1 - Math.pow(0.9, t)), vHat = v[i] / (1 - Math.pow(beta2, t));
                    p[i] -= rate * mHat / (Math.sqrt(vHat) + 1e-8);
                    average[i] = ramp * average[i] + (1 - ramp) * p[i];
                }
                assertThat(report[0].step()).isEqualTo(t);
                assertThat(report[0].learningRate()).isEqualTo(rate);
                assertThat(report[0].images()).isEqualTo(5);
                assertThat(report[0].gradientNorm()).isCloseTo(norm, within(1e-5 * norm));
                assertThat(values(step, "weights/")).containsExactly(p, within(2e-6));
                assertThat(values(step, "adam/first/")).containsExactly(m, within(2e-6));
                assertThat(values(step, "adam/second/")).containsExactly(v, within(2e-6));
                assertThat(values(step, "ema/0.25/")).containsExactly(average, within(2e-6));
            }
            assertThat(clipped).isTrue();
        }
    }

    @Test
    void sharesOfABatchAddUpToTheBatch() {
        var accumulating = new GradientStep.Options(0, 0.99, 0, 3, List.of(0.9));
        try (GradientStep<LinearImpl> whole = Toys.linearStep(1, Toys.PLAIN);
                GradientStep<LinearImpl> shared = Toys.linearStep(2, Toys.PLAIN);
                GradientStep<LinearImpl> parts = Toys.linearStep(1, accumulating);
                GradientStep<LinearImpl> both = Toys.linearStep(2, accumulating)) {
            for (int t = 1; t <= 3; t++) {
                Batch batch = Toys.batch(t, 5, 2); // 5 is shared unevenly
                StepReport wanted = run(whole, batch);
                for (GradientStep<LinearImpl> step : List.of(shared, parts, both)) {
                    StepReport report = run(step, batch);
                    assertThat(report.loss()).isCloseTo(wanted.loss(), within(1e-5));
                    assertThat(report.gradientNorm()).isCloseTo(wanted.gradientNorm(), within(1e-5));
                    assertThat(values(step, "adam/first/")).containsExactly(values(whole, "adam/first/"), within(1e-6));
                    assertThat(values(step, "weights/")).containsExactly(values(whole, "weights/"), within(1e-5));
                }
            }
        }
    }

    /** The gradient of each weight is 155/128, in 64 parts: each is a number of bf16, whose own sum of them is 1.1875. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void gradientsOfManyPartsAreSummedInFp32(int replicas) {
        var options = new GradientStep.Options(0, 0.99, 0, 64, List.of(0.9));
        Objective<LinearImpl> slope = (network, batch, rng) -> BatchLoss.of(
                Scope.tidy(() -> network.weight().to(ScalarType.Float).sum().mul(new Scalar(155 / 128.0))));
        try (var step =
                new GradientStep<>(slope, Toys.linear(replicas), Precision.BF16, options, i -> 0.01, Rng.of(1))) {
            run(step, Toys.batch(0, 128, 2));
            long before = Scope.live();
            for (int t = 1; t <= 3; t++)
                assertThat(run(step, Toys.batch(t, 128, 2)).gradientNorm())
                        .isCloseTo(Math.sqrt(12) * 155 / 128, within(1e-6));
            assertThat(Scope.live()).isEqualTo(before);
        }
    }

    private static StepReport run(GradientStep<?> step, Batch batch) {
        StepReport[] report = new StepReport[1];
        Scope.run(() -> report[0] = step.run(batch));
        return report[0];
    }

    @Test
    void replicasBeginAsTheFirst() {
        List<LinearImpl> networks = Toys.linear(2);
        Scope.read(() -> networks.get(1).weight().fill_(new Scalar(9.0)));
        try (var step = new GradientStep<>(Toys::squares, networks, Precision.FP32, Toys.PLAIN, i -> 0.1, Rng.of(1))) {
            Toys.train(step, 1, 2, 2);
            Scope.run(() -> assertThat(Tensors.floats(networks.get(1).weight()))
                    .containsExactly(Tensors.floats(networks.get(0).weight())));
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aRestoredStepGoesOnBitByBit(Precision precision) {
        Map<String, Tensor> saved = new HashMap<>();
        String straight;
        try (var step = Toys.diffusionStep(precision, 2)) {
            Toys.train(step, 1, 3, 8);
            Scope.run(() -> step.state().forEach((name, view) -> saved.put(name, Scope.keep(view::clone))));
            Toys.train(step, 4, 8, 8);
            straight = Toys.fingerprint(step);
        }
        try (var step = Toys.diffusionStep(precision, 2)) {
            Toys.train(step, 20, 21, 8); // leaves other moments and averages behind
            step.restore(saved, 3);
            Toys.train(step, 4, 8, 8);
            assertThat(step.steps()).isEqualTo(8);
            assertThat(Toys.fingerprint(step)).isEqualTo(straight);
        }
        saved.values().forEach(Tensor::close);
    }

    @Test
    void aStateThatLacksATensorIsRefused() {
        try (GradientStep<LinearImpl> step = Toys.linearStep(1, Toys.PLAIN)) {
            assertThatThrownBy(() -> step.restore(Map.of(), 3)).hasMessage("the saved state lacks weights/weight");
            assertThatThrownBy(() -> Scope.run(() -> step.average(0.5)))
                    .hasMessage("no average ema/0.5 is kept, only [ema/0.9]");
        }
    }

    @Test
    void aStepThatIsNotFiniteChangesNothing() {
        boolean[] broken = {false};
        Objective<LinearImpl> objective = (network, batch, rng) -> {
            BatchLoss loss = Toys.squares(network, batch, rng);
            return broken[0] ? BatchLoss.of(loss.value().mul(new Scalar(Double.NaN))) : loss;
        };
        try (var step = new GradientStep<>(
                        objective, Toys.linear(2), Precision.FP32, Toys.PLAIN, i -> 0.05 / i, Rng.of(1));
                GradientStep<LinearImpl> untroubled = Toys.linearStep(2, Toys.PLAIN)) {
            Toys.train(step, 1, 2, 2);
            String before = Toys.fingerprint(step);
            broken[0] = true;
            assertThatThrownBy(() -> Toys.train(step, 3, 3, 2))
                    .isInstanceOfSatisfying(
                            DivergenceException.class, e -> assertThat(e.step()).isEqualTo(3))
                    .hasMessage("step 3 is not finite: loss NaN, gradient norm NaN");
            assertThat(Toys.fingerprint(step)).isEqualTo(before);
            assertThat(step.steps()).isEqualTo(2);
            broken[0] = false;
            Toys.train(step, 3, 4, 2);
            Toys.train(untroubled, 1, 4, 2);
            assertThat(Toys.fingerprint(step)).isEqualTo(Toys.fingerprint(untroubled));
        }
    }

    @Test
    void whatComesAfterwardsComesInOrderAndOnlyOfGoodSteps() {
        StringBuilder told = new StringBuilder();
        Objective<LinearImpl> objective = (network, batch, rng) -> {
            BatchLoss loss = Toys.squares(network, batch, rng);
            int count = batch.count();
            return new BatchLoss(loss.value(), () -> told.append(count).append(' '));
        };
        var options = new GradientStep.Options(0, 0.99, 0, 2, List.of(0.9));
        try (var step = new GradientStep<>(objective, Toys.linear(2), Precision.FP32, options, i -> 0.1, Rng.of(1))) {
            run(step, Toys.batch(1, 7, 2));
            assertThat(told.toString()).isEqualTo("1 2 2 2 ");
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void fiftyStepsLeaveNothingBehind(Precision precision) {
        try (var step = Toys.diffusionStep(precision, 2)) {
            Toys.train(step, 1, 3, 8);
            long before = Scope.live();
            Toys.train(step, 4, 53, 8);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void closingFreesTheBuffers() {
        List<LinearImpl> networks = Toys.linear(2);
        Runnable life = () -> {
            try (var step =
                    new GradientStep<>(Toys::squares, networks, Precision.BF16, Toys.PLAIN, i -> 0.1, Rng.of(1))) {
                step.steps();
            }
        };
        life.run();
        long before = Scope.live();
        for (int i = 0; i < 10; i++) life.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void optionsNameWhatTheyRefuse() {
        assertThatThrownBy(() -> new GradientStep.Options(-1, 0.9, 0, 1, List.of()))
                .hasMessage("weightDecay must be at least 0: -1.0");
        assertThatThrownBy(() -> new GradientStep.Options(0, 1, 0, 1, List.of()))
                .hasMessage("beta2 must be in (0, 1): 1.0");
        assertThatThrownBy(() -> new GradientStep.Options(0, 0.9, Double.NaN, 1, List.of()))
                .hasMessage("clip must be at least 0: NaN");
        assertThatThrownBy(() -> new GradientStep.Options(0, 0.9, 0, 0, List.of()))
                .hasMessage("accumulate must be at least 1: 0");
    }

    @Test
    void aPartLearnsAtItsShareOfTheRate() {
        var even = new GradientStep.Options(Optimizer.ADAMW, 0.1, 0.99, 0, 1, Averaging.exponential(List.of(0.9)));
        Batch batch = Toys.batch(1, 4, 2);
        float[] before = Scope.read(() -> Tensors.floats(Toys.linear(1).get(0).weight()));
        float[] whole = weight(even, batch, "weight");
        float[] half = weight(even.with(new PartRates(Map.of("", 0.5, "bias", 1.0))), batch, "weight");
        for (int i = 0; i < before.length; i++)
            assertThat(half[i]).isCloseTo((before[i] + whole[i]) / 2, within(1e-6f));
        PartRates frozen = new PartRates(Map.of("", 0.0, "bias", 1.0));
        assertThat(weight(even.with(frozen), batch, "weight")).containsExactly(before);
        assertThat(weight(even.with(frozen), batch, "bias")[0])
                .isCloseTo(weight(even, batch, "bias")[0], within(1e-6f));
        assertThatThrownBy(() -> new GradientStep.Options(
                                Optimizer.SCHEDULE_FREE, 0, 0.99, 0, 1, Averaging.exponential(List.of(0.9)))
                        .with(frozen))
                .hasMessage("optimizer must be another one where parts learn at rates of their own: schedule-free");
    }

    private static float[] weight(GradientStep.Options options, Batch batch, String name) {
        try (GradientStep<LinearImpl> step = Toys.linearStep(1, options)) {
            step.run(batch);
            return Scope.read(() -> Tensors.floats(step.weights().get(name)));
        }
    }
}
