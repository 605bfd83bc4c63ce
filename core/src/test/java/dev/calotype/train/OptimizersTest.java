package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Batch;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOAP and schedule-free AdamW by their definitions. */
class OptimizersTest {
    private static final double BETA1 = 0.9, BETA2 = 0.99, DECAY = 0.1;

    private static GradientStep<LinearImpl> step(Optimizer optimizer, LongToDoubleFunction rate, int replicas) {
        List<LinearImpl> networks = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            LinearImpl network = new LinearImpl(12, 5);
            Initialization.uniform(network, Rng.of(11));
            networks.add(network);
        }
        var options = new GradientStep.Options(optimizer, DECAY, BETA2, 0, 1, Averaging.exponential(List.of(0.0)));
        return new GradientStep<>(OptimizersTest::loss, networks, Precision.FP32, options, rate, Rng.of(1));
    }

    private static BatchLoss loss(LinearImpl network, Batch batch, Rng rng) {
        Tensor error =
                network.forward(batch.images().reshape(batch.count(), -1)).sub(new Scalar(1.0)); // (N, 5)
        return BatchLoss.of(error.mul(error).mean());
    }

    private static double[] values(GradientStep<?> step, String name) {
        return Scope.read(() -> Tensors.doubles(step.state().get(name)));
    }

    private static double[] average(GradientStep<?> step) {
        return Scope.read(() -> Tensors.doubles(step.average(0).get("weight")));
    }

    private static double lossOn(GradientStep<?> step, Batch batch) {
        double[] loss = new double[1];
        Scope.run(() -> loss[0] = step.run(batch).loss());
        return loss[0];
    }

    /** Defazio et al., algorithm 1: x is the mean of all z with the squares of the highest rate so far as weights. */
    @Test
    void theResultIsTheMeanOfTheWeightsThatMove() {
        LongToDoubleFunction rate = step -> 0.01 * Math.min(step, 3);
        try (GradientStep<LinearImpl> step = step(Optimizer.SCHEDULE_FREE, rate, 1)) {
            double[] sum = new double[60];
            double total = 0;
            for (int i = 1; i <= 5; i++) {
                Toys.train(step, i, i, 2);
                double[] moving = values(step, "schedule-free/moving/weight");
                double weight = Math.pow(rate.applyAsDouble(i), 2);
                total += weight;
                for (int k = 0; k < sum.length; k++) sum[k] += weight * moving[k];
            }
            double[] mean = average(step), y = values(step, "weights/weight");
            double[] moving = values(step, "schedule-free/moving/weight");
            for (int k = 0; k < sum.length; k++) {
                assertThat(mean[k]).isCloseTo(sum[k] / total, within(1e-6));
                assertThat(y[k]).isCloseTo((1 - BETA1) * moving[k] + BETA1 * mean[k], within(1e-6));
            }
            assertThat(mean).isNotEqualTo(moving);
        }
    }

    /** The first step of Adam without a first moment has the size of the rate, and decay pulls by the weights of the gradient. */
    @Test
    void theWeightsMoveByAdamWithoutMomentum() {
        double rate = 0.01;
        try (GradientStep<LinearImpl> step = step(Optimizer.SCHEDULE_FREE, i -> rate, 1)) {
            double[] before = values(step, "weights/weight");
            Toys.train(step, 1, 1, 2);
            double[] moving = values(step, "schedule-free/moving/weight");
            for (int k = 0; k < before.length; k++)
                assertThat(Math.abs(moving[k] - before[k] * (1 - rate * DECAY))).isCloseTo(rate, within(1e-5));
        }
    }

    /** What SOAP does in two steps, computed apart: the basis of the first gradient, Adam in it, and back. */
    @Test
    void adamMovesInTheBasisOfTheFirstGradient() {
        double rate = 0.01;
        try (GradientStep<LinearImpl> step = step(Optimizer.SOAP, i -> rate, 1)) {
            double[] before = values(step, "weights/weight");
            Toys.train(step, 1, 1, 2);
            double[] first = values(step, "adam/first/weight"), after = values(step, "weights/weight");
            double[] left = values(step, "soap/left/basis/weight"), right = values(step, "soap/right/basis/weight");
            double[][] sides = Scope.read(() -> {
                Tensor u = Tensors.of(left).reshape(5, 5), v = Tensors.of(right).reshape(12, 12);
                Tensor gradient = Tensors.of(first).reshape(5, 12).div(new Scalar(1 - BETA1));
                Tensor decayed = Tensors.of(before).mul(new Scalar(1 - rate * DECAY));
                Tensor moved = decayed.sub(Tensors.of(after)).reshape(5, 12).div(new Scalar(rate));
                return new double[][] {
                    Tensors.doubles(u.t().mm(gradient).mm(v)),
                    Tensors.doubles(u.t().mm(moved).mm(v))
                };
            });
            int found = 0;
            for (int k = 0; k < 60; k++) {
                if (Math.abs(sides[0][k]) < 1e-5) continue; // rounding, whose sign means nothing
                assertThat(sides[1][k]).isCloseTo(Math.signum(sides[0][k]), within(2e-3));
                found++;
            }
            assertThat(found).isBetween(2, 5);
        }
    }

    /** The bases stay orthogonal and come to diagonalise the products. */
    @Test
    void theBasesFollowTheProductsOfTheGradients() {
        try (GradientStep<LinearImpl> step = step(Optimizer.SOAP, i -> 0.001, 1)) {
            Toys.train(step, 1, 60, 2);
            Scope.run(() -> {
                Tensor basis = step.state().get("soap/left/basis/weight"); // (5, 5)
                Tensor products = step.state().get("soap/left/products/weight"); // (5, 5)
                Tensor turned = basis.t().mm(products).mm(basis);
                double all = turned.norm().item_double();
                double beside = turned.sub(turned.diag().diag()).norm().item_double();
                assertThat(beside / all).isLessThan(0.05);
                Tensor unit = basis.t().mm(basis);
                assertThat(unit.trace().item_double()).isCloseTo(5, within(1e-4));
                assertThat(unit.norm().item_double()).isCloseTo(Math.sqrt(5), within(1e-4));
            });
        }
    }

    /**
     * The published program holds the vectors of a basis by how much they carry, the most first, and the second moments with them: so each moment
     * stays about that of its own direction while the basis turns.
     */
    @ParameterizedTest
    @ValueSource(ints = {10, 20, 30})
    void theSecondMomentsAreThoseOfTheDirectionsTheyLieAt(int steps) {
        try (GradientStep<LinearImpl> step = step(Optimizer.SOAP, i -> 0.001, 1)) {
            Toys.train(step, 1, steps, 2);
            double[] second = values(step, "adam/second/weight"); // (5, 12)
            double[] left = new double[5], right = new double[12];
            for (int k = 0; k < second.length; k++) {
                left[k / 12] += second[k];
                right[k % 12] += second[k];
            }
            requireLike(left, carried(step, "left", 5));
            requireLike(right, carried(step, "right", 12));
        }
    }

    private static double[] carried(GradientStep<?> step, String side, int length) {
        double[] basis = values(step, "soap/" + side + "/basis/weight");
        double[] products = values(step, "soap/" + side + "/products/weight");
        return Scope.read(() -> {
            Tensor u = Tensors.of(basis).reshape(length, length);
            return Tensors.doubles(
                    u.t().mm(Tensors.of(products).reshape(length, length)).mm(u).diag());
        });
    }

    private static void requireLike(double[] moments, double[] carried) {
        double most = 1.01 * carried[0];
        for (int k = 0; k < carried.length && carried[k] > 0.1 * carried[0]; k++) {
            assertThat(moments[k] / carried[k]).isBetween(1 / 4.0, 4.0);
            assertThat(carried[k]).as("the most first").isLessThanOrEqualTo(most);
            most = 1.5 * carried[k];
        }
    }

    @ParameterizedTest
    @CsvSource({"SOAP,1", "SOAP,2", "SCHEDULE_FREE,1", "SCHEDULE_FREE,2"})
    void theyLearn(Optimizer optimizer, int replicas) {
        try (GradientStep<LinearImpl> step = step(optimizer, i -> 0.01, replicas)) {
            double start = lossOn(step, Toys.batch(101, 4, 2));
            Toys.train(step, 2, 80, 2);
            assertThat(lossOn(step, Toys.batch(101, 4, 2))).isLessThan(0.5 * start);
        }
    }

    /** Also in bf16, where a convolution lies otherwise in memory. */
    @ParameterizedTest
    @CsvSource({"SOAP,FP32,1", "SOAP,BF16,2", "SCHEDULE_FREE,FP32,1", "SCHEDULE_FREE,BF16,2"})
    void aRestoredStepGoesOnAsIfItHadNeverStopped(Optimizer optimizer, Precision precision, int replicas) {
        try (GradientStep<?> whole = Toys.diffusionStep(precision, replicas, optimizer);
                GradientStep<?> first = Toys.diffusionStep(precision, replicas, optimizer);
                GradientStep<?> second = Toys.diffusionStep(precision, replicas, optimizer)) {
            Toys.train(whole, 1, 12, 8);
            Toys.train(first, 1, 5, 8);
            Scope.run(() -> second.restore(first.state(), 5));
            Toys.train(second, 6, 12, 8);
            assertThat(Toys.fingerprint(second)).isEqualTo(Toys.fingerprint(whole));
            assertThat(Toys.fingerprint(second)).isNotEqualTo(Toys.fingerprint(first));
        }
    }
}
