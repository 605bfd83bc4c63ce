package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.collective.OneRank;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.SequentialImpl;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class OverlapTest {
    private static final int LAYERS = 8, WIDTH = 32;

    /** Two ranks with the same gradients; it notes when sums begin. */
    private static final class Twins extends OneRank {
        private final List<Boolean> within = new ArrayList<>(); // a backward pass
        private boolean backward;
        private boolean broken;
        private int ended;

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int world() {
            return 2;
        }

        @Override
        public Pending summing(Tensor tensor) {
            within.add(backward);
            tensor.mul_(new Scalar(2.0));
            return () -> {
                ended++;
                if (broken) throw new IllegalStateException("sum " + ended);
            };
        }
    }

    private static SequentialImpl network() {
        SequentialImpl layers = new SequentialImpl();
        for (int i = 0; i < LAYERS; i++) {
            LinearImpl layer = new LinearImpl(WIDTH, WIDTH);
            Initialization.uniform(layer, Rng.of(i));
            layers.push_back(layer);
        }
        return layers;
    }

    private static void backward(SequentialImpl network, int times) {
        Scope.run(() -> {
            Tensor x = Rng.of(9).normal(4, WIDTH);
            for (int i = 0; i < times; i++) x = network.forward(x);
            x.square().sum().backward();
        });
    }

    private static double[] gradient(FlatParameters parameters) {
        return Scope.read(() -> Tensors.doubles(parameters.gradient()));
    }

    /** What a step does: two passes of which the second one is the last, {@code times} through the network. */
    private static void step(Overlap overlap, SequentialImpl network, Twins twins, int times) {
        twins.within.clear();
        overlap.begin(1);
        backward(network, 1);
        overlap.last(0);
        twins.backward = true;
        backward(network, times);
        twins.backward = false;
        overlap.done(0);
        overlap.await();
    }

    private static double[] twice(int times) {
        SequentialImpl network = network();
        try (FlatParameters parameters = new FlatParameters(List.of(network), Precision.FP32)) {
            backward(network, 1);
            backward(network, times);
            parameters.collect(parameters.stretches(1).get(0));
            Scope.read(() -> parameters.gradient().mul_(new Scalar(2.0)));
            return gradient(parameters);
        }
    }

    @Test
    void allSumsButTheLastBeginWhileGradientsAreMade() {
        SequentialImpl network = network();
        Twins twins = new Twins();
        try (FlatParameters parameters = new FlatParameters(List.of(network), Precision.FP32);
                Overlap overlap = new Overlap(parameters, twins, WIDTH * WIDTH)) {
            step(overlap, network, twins, 1);
            assertThat(twins.within)
                    .as("the first step finds out")
                    .hasSize(LAYERS)
                    .containsOnly(false);
            assertThat(gradient(parameters)).containsExactly(twice(1));
            step(overlap, network, twins, 1);
            assertThat(twins.within.subList(0, LAYERS - 1)).containsOnly(true);
            assertThat(twins.within.get(LAYERS - 1)).isFalse();
            assertThat(gradient(parameters)).containsExactly(twice(1));
        }
    }

    @Test
    void noSumIsLeftBehindWhereOneFailsOrAStepDoes() {
        SequentialImpl network = network();
        Twins twins = new Twins();
        try (FlatParameters parameters = new FlatParameters(List.of(network), Precision.FP32)) {
            try (Overlap overlap = new Overlap(parameters, twins, WIDTH * WIDTH)) {
                twins.broken = true;
                assertThatThrownBy(() -> step(overlap, network, twins, 1))
                        .hasMessage("sum 1")
                        .satisfies(
                                failure -> assertThat(failure.getSuppressed()).hasSize(LAYERS - 1));
                assertThat(twins.ended).isEqualTo(LAYERS);
                twins.broken = false;
                overlap.begin(1);
                overlap.last(0);
                backward(network, 1);
                overlap.done(0);
                assertThat(twins.ended).isEqualTo(LAYERS);
            }
            assertThat(twins.ended).isEqualTo(2 * LAYERS);
        }
    }

    @Test
    void aLayerThatIsUsedTwiceIsSummedOnce() {
        SequentialImpl network = network();
        Twins twins = new Twins();
        try (FlatParameters parameters = new FlatParameters(List.of(network), Precision.FP32);
                Overlap overlap = new Overlap(parameters, twins, WIDTH * WIDTH)) {
            for (int i = 0; i < 3; i++) step(overlap, network, twins, 2);
            assertThat(twins.within).hasSize(LAYERS);
            assertThat(gradient(parameters)).containsExactly(twice(2));
        }
    }

    @Test
    void stepsLeaveNothingBehind() {
        SequentialImpl network = network();
        Twins twins = new Twins();
        try (FlatParameters parameters = new FlatParameters(List.of(network), Precision.FP32);
                Overlap overlap = new Overlap(parameters, twins, WIDTH * WIDTH)) {
            for (int i = 0; i < 3; i++) step(overlap, network, twins, 1);
            long before = Scope.live();
            for (int i = 0; i < 20; i++) step(overlap, network, twins, 1);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }
}
