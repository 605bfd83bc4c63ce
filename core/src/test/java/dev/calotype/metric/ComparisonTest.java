package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private final StubNetwork network = new StubNetwork();

    @Test
    void aSetAndItselfAreEqual() {
        Comparison self = compared(batches(1, 10, 20), batches(1, 10, 20));
        assertThat(self.realCount()).isEqualTo(200);
        assertThat(self.fid().value()).isCloseTo(0, within(1e-6));
        assertThat(self.kid().value()).isLessThan(self.kid().high()).isLessThan(0.01);
        assertThat(self.manifold().precision()).isEqualTo(1);
        assertThat(self.manifold().recall()).isEqualTo(1);
        assertThat(self.network().name()).isEqualTo("mean-colour");
        assertThat(self.fidCaveats()).noneMatch(c -> c.contains("rank-deficient"));
    }

    @Test
    void isWhatItsPartsAre() {
        Scope.run(() -> {
            Comparison whole = compared(batches(1, 5, 20), batches(2, 4, 30));
            Tensor real = features(batches(1, 5, 20));
            Tensor fake = features(batches(2, 4, 30));
            assertThat(whole.fid().value())
                    .isCloseTo(
                            Fid.between(FeatureStatisticsTest.of(real), FeatureStatisticsTest.of(fake))
                                    .value(),
                            within(1e-9));
            assertThat(whole.kid().value()).isCloseTo(Kid.unbiased(real, fake), within(1e-6));
            assertThat(whole.manifold()).isEqualTo(PrecisionRecall.between(real, fake, 3));
        });
    }

    @Test
    void refusesSmallSetsUnlessToldOtherwise() {
        assertThatThrownBy(() -> compared(batches(1, 1, 63), batches(2, 1, 200)))
                .hasMessageContaining("63 real and 200 generated pictures are too few: below 64");
        EvaluationProtocol lenient = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);
        Comparison small = compared(batches(1, 1, 10), batches(2, 1, 200), lenient);
        assertThat(small.caveats()).anyMatch(c -> c.contains("Only 10")).anyMatch(c -> c.contains("drawn at random"));
        assertThatThrownBy(() -> compared(batches(1, 1, 3), batches(2, 1, 200), lenient))
                .hasMessageContaining("below 4");
    }

    @Test
    void refusesToCompareProtocols() {
        FeatureCollector one = new FeatureCollector(network, EvaluationProtocol.standard());
        FeatureCollector other = new FeatureCollector(network, new EvaluationProtocol(5, 100, 0, SmallSets.REFUSE));
        assertThatThrownBy(() -> Comparison.of(one, other)).hasMessageContaining("different protocols");
    }

    @Test
    void aReservoirKeepsAUniformSample() {
        int[] kept = new int[40];
        for (int seed = 0; seed < 2000; seed++) {
            FeatureReservoir reservoir = new FeatureReservoir(1, 10, Rng.of(seed));
            Scope.run(() -> {
                float[] values = new float[40];
                for (int i = 0; i < values.length; i++) values[i] = i;
                reservoir.add(Tensors.of(values, 40, 1).narrow(0, 0, 13));
                reservoir.add(Tensors.of(values, 40, 1).narrow(0, 13, 27));
                for (float v : Tensors.floats(reservoir.tensor())) kept[(int) v]++;
            });
            assertThat(reservoir.size()).isEqualTo(10);
            assertThat(reservoir.seen()).isEqualTo(40);
        }
        for (int count : kept) assertThat(count).isBetween(500 - 90, 500 + 90); // 4.6 deviations
        assertThat(Arrays.stream(kept).limit(10).sum())
                .isBetween(5000 - 220, 5000 + 220); // 4.1: the first ten fare alike
    }

    @Test
    void leaksNothing() {
        score();
        long before = Scope.live();
        score();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    private void score() {
        Scope.run(() -> {
            Comparison comparison = compared(batches(1, 5, 20), batches(2, 5, 20));
            comparison.fid();
            comparison.kid();
            comparison.manifold();
        });
    }

    private Comparison compared(Iterable<Tensor> real, Iterable<Tensor> fake) {
        return compared(real, fake, EvaluationProtocol.standard());
    }

    private Comparison compared(Iterable<Tensor> real, Iterable<Tensor> fake, EvaluationProtocol protocol) {
        return Comparison.of(
                new FeatureCollector(network, protocol).addAll(real),
                new FeatureCollector(network, protocol).addAll(fake));
    }

    /** Batches of noise that are made when they are asked for, as a sampler does. */
    private static Iterable<Tensor> batches(long seed, int count, int size) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public Tensor next() {
                Rng rng = Rng.of(seed).fork(next++);
                byte[] values = new byte[size * 3 * 4];
                for (int i = 0; i < values.length; i++) values[i] = (byte) rng.nextInt(256);
                return Tensors.of(values, size, 3, 2, 2);
            }
        };
    }

    private Tensor features(Iterable<Tensor> batches) {
        FeatureCollector collector = new FeatureCollector(network, EvaluationProtocol.standard());
        collector.addAll(batches);
        assertThat(List.of(collector.reservoir().size()))
                .containsExactly((int) collector.statistics().count());
        return collector.reservoir().tensor();
    }
}
