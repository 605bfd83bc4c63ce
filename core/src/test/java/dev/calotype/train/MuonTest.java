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
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
    private static final GradientStep.Options MUON =
            new GradientStep.Options(Optimizer.MUON, 0.1, 0.99, 0, 1, Averaging.exponential(List.of(0.9)));

    /** Of a matrix of singular values 1 to about 1/20 every one comes near 1, whichever side is the longer. */
    @ParameterizedTest
    @CsvSource({"40,40,FP32", "33,96,FP32", "96,33,FP32", "64,576,BF16"})
    void everyDirectionIsLearnedAlike(int rows, int columns, Precision precision) {
        Scope.run(() -> {
            Tensor x =
                    Muon.orthogonal(Rng.of(1).normal(rows, columns), precision).to(torch.ScalarType.Float);
            assertThat(Tensors.shape(x)).containsExactly(rows, columns);
            Tensor square = rows < columns ? x.mm(x.t()) : x.t().mm(x);
            double[] sizes = Tensors.doubles(torch.linalg_eigvalsh(square));
            for (double size : sizes) assertThat(Math.sqrt(size)).isBetween(0.3, 1.3);
            double mean = square.trace().item_double() / Math.min(rows, columns);
            assertThat(Math.sqrt(mean)).isBetween(0.75, 1.1);
        });
    }

    /** The polynomial acts on the singular values alone: of U S V' it keeps U and V. */
    @Test
    void directionsStayWhatTheyWere() {
        Scope.run(() -> {
            Tensor u = torch.linalg_qr(Rng.of(1).normal(4, 4)).get0(); // (4, 4)
            Tensor v = torch.linalg_qr(Rng.of(2).normal(6, 4)).get0(); // (6, 4)
            Tensor s = Tensors.of(new double[] {3, 2, 1, 0.5}).diag(); // (4, 4)
            Tensor found =
                    u.t().mm(Muon.orthogonal(u.mm(s).mm(v.t()), Precision.FP32)).mm(v); // (4, 4)
            double[] values = Tensors.doubles(found);
            for (int i = 0; i < 16; i++)
                if (i % 5 == 0) assertThat(values[i]).isBetween(0.6, 1.3);
                else assertThat(values[i]).isCloseTo(0, within(1e-4));
        });
    }

    /** What it needs does not end with the scope in which it was first used. */
    @Test
    void itIsTheSameInEveryScope() {
        double[][] found = new double[40][];
        for (int i = 0; i < found.length; i++) {
            int time = i;
            Scope.run(() -> {
                for (int k = 0; k < 200; k++) new Scalar(k + 0.5); // takes up what an earlier scope has freed
                found[time] = Tensors.doubles(Muon.orthogonal(Rng.of(1).normal(32, 40), Precision.FP32));
            });
            assertThat(found[i]).isEqualTo(found[0]);
        }
    }

    private static GradientStep<LinearImpl> step(int replicas, int outputs, double rate) {
        List<LinearImpl> networks = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            LinearImpl network = new LinearImpl(48, outputs);
            Initialization.uniform(network, Rng.of(11));
            networks.add(network);
        }
        return new GradientStep<>(MuonTest::squares, networks, Precision.FP32, MUON, i -> rate, Rng.of(1));
    }

    private static BatchLoss squares(LinearImpl network, Batch batch, Rng rng) {
        Tensor error =
                network.forward(batch.images().reshape(batch.count(), -1)).sub(new Scalar(1.0)); // (N, outputs)
        return BatchLoss.of(error.mul(error).mean());
    }

    private static double[] values(GradientStep<?> step, String name) {
        return Scope.read(() -> Tensors.doubles(step.state().get(name)));
    }

    /** Jordan's momentum and Nesterov step, Liu's size, decoupled decay; the bias goes by AdamW. */
    @Test
    void aMatrixMovesByItsOrthogonalMomentumAndAVectorByAdam() {
        double rate = 0.01;
        try (GradientStep<LinearImpl> step = step(1, 40, rate)) {
            double[] before = values(step, "weights/weight"), bias = values(step, "weights/bias");
            Scope.run(() -> step.run(Toys.batch(1, 8, 4)));
            double[] momentum = values(step, "adam/first/weight"), after = values(step, "weights/weight");
            double[] expected = Scope.read(() -> {
                // the first momentum is 0.05 of the gradient, and the Nesterov step has its direction
                Tensor direction = Muon.orthogonal(Tensors.of(momentum).reshape(40, 48), Precision.FP32);
                Tensor moved = Tensors.of(before)
                        .reshape(40, 48)
                        .mul(new Scalar(1 - rate * 0.1))
                        .sub(direction, new Scalar(rate * 0.2 * Math.sqrt(48)));
                return Tensors.doubles(moved);
            });
            assertThat(after).containsExactly(expected, within(2e-6));
            assertThat(values(step, "adam/second/weight")).containsOnly(0);
            double[] moved = values(step, "weights/bias");
            for (int i = 0; i < bias.length; i++)
                assertThat(Math.abs(moved[i] - bias[i] * (1 - rate * 0.1))).isCloseTo(rate, within(1e-5));
        }
    }

    @Test
    void aMatrixThatIsNoHiddenOneGoesByAdam() {
        try (GradientStep<LinearImpl> step = step(1, 31, 0.01)) {
            Scope.run(() -> step.run(Toys.batch(1, 8, 4)));
            for (double value : values(step, "adam/second/weight"))
                assertThat(value).isPositive();
        }
    }

    @Test
    void replicasLearnTheSame() {
        try (GradientStep<LinearImpl> one = step(1, 40, 0.01);
                GradientStep<LinearImpl> two = step(2, 40, 0.01)) {
            for (GradientStep<LinearImpl> step : List.of(one, two)) Toys.train(step, 1, 3, 4);
            assertThat(values(two, "weights/weight")).containsExactly(values(one, "weights/weight"), within(1e-4));
        }
    }

    /** Also in bf16, where a convolution lies otherwise in memory. */
    @ParameterizedTest
    @CsvSource({"FP32,1", "BF16,2"})
    void aRestoredStepGoesOnAsIfItHadNeverStopped(Precision precision, int replicas) {
        try (GradientStep<?> whole = Toys.diffusionStep(precision, replicas, Optimizer.MUON);
                GradientStep<?> first = Toys.diffusionStep(precision, replicas, Optimizer.MUON);
                GradientStep<?> second = Toys.diffusionStep(precision, replicas, Optimizer.MUON)) {
            Toys.train(whole, 1, 4, 8);
            Toys.train(first, 1, 2, 8);
            Scope.run(() -> second.restore(first.state(), 2));
            Toys.train(second, 3, 4, 8);
            assertThat(Toys.fingerprint(second)).isEqualTo(Toys.fingerprint(whole));
            assertThat(Toys.fingerprint(second)).isNotEqualTo(Toys.fingerprint(first));
        }
    }
}
