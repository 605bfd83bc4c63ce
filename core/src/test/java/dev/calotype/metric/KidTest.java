package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.calotype.metric.Kid.Subsets;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class KidTest {
    @Test
    void agreesWithTheReference() {
        Scope.run(() -> {
            double golden = MetricFixtures.golden().get("kid_unbiased_poly3").asDouble();
            Tensor real = MetricFixtures.tensor("real");
            Tensor fake = MetricFixtures.tensor("fake");
            assertThat(Kid.unbiased(real, fake)).isCloseTo(golden, withPercentage(1e-4));
            Kid kid = Kid.between(real, fake, new Subsets(20, 100), Rng.of(1));
            assertThat(kid.value()).isCloseTo(golden, withPercentage(1e-4));
            assertThat(kid.subsetMean()).isCloseTo(golden, withPercentage(15));
            assertThat(golden).isBetween(kid.low(), kid.high());
        });
    }

    @Test
    void isTheMeanOverAllPairsComputedByHand() {
        Scope.run(() -> {
            Tensor x = Tensors.of(new float[] {0, 1}, 2, 1); // kernel (x y + 1)^3
            Tensor y = Tensors.of(new float[] {1, 2}, 2, 1);
            double within = 1 + Math.pow(3, 3);
            double across = (1 + 1 + Math.pow(2, 3) + Math.pow(3, 3)) / 4;
            assertThat(Kid.unbiased(x, y)).isCloseTo(within - 2 * across, Offset.offset(1e-12));
        });
    }

    @Test
    void isUnbiasedForEqualDistributions() {
        Scope.run(() -> {
            Rng rng = Rng.of(2);
            double[] values = IntStream.range(0, 200)
                    .mapToDouble(i -> Scope.read(() -> Kid.unbiased(rng.normal(12, 3), rng.normal(8, 3))))
                    .toArray();
            double mean = IntStream.range(0, values.length)
                    .mapToDouble(i -> values[i])
                    .average()
                    .orElseThrow();
            double variance = IntStream.range(0, values.length)
                    .mapToDouble(i -> Math.pow(values[i] - mean, 2))
                    .average()
                    .orElseThrow();
            assertThat(Math.abs(mean)).isLessThan(3 * Math.sqrt(variance / values.length));
        });
    }

    @Test
    void itsIntervalHoldsTheTruthAboutAsOftenAsItSays() {
        Scope.run(() -> {
            Rng rng = Rng.of(3);
            double truth = Kid.unbiased(rng.normal(3000, 4), shifted(rng, 3000));
            long hits = IntStream.range(0, 60)
                    .filter(i -> Scope.read(() -> {
                        Kid kid = Kid.between(rng.normal(100, 4), shifted(rng, 100), new Subsets(25, 50), Rng.of(i));
                        return kid.low() <= truth && truth <= kid.high();
                    }))
                    .count();
            assertThat(hits).as("of 60").isBetween(51L, 60L);
        });
    }

    @Test
    void theSameSeedDrawsTheSameSubsets() {
        Scope.run(() -> {
            Tensor real = MetricFixtures.tensor("real");
            Tensor fake = MetricFixtures.tensor("fake");
            Subsets subsets = new Subsets(5, 50);
            Kid kid = Kid.between(real, fake, subsets, Rng.of(4));
            assertThat(Kid.between(real, fake, subsets, Rng.of(4))).isEqualTo(kid);
            assertThat(Kid.between(real, fake, subsets, Rng.of(5)).subsetMean()).isNotEqualTo(kid.subsetMean());
        });
    }

    @Test
    void refusesSubsetsAsLargeAsTheSet() {
        Scope.run(() -> {
            Tensor x = Rng.of(6).normal(10, 2);
            assertThatThrownBy(() -> Kid.between(x, x, new Subsets(2, 10), Rng.of(0)))
                    .hasMessageContaining("at least 11");
        });
        assertThatThrownBy(() -> new Subsets(1, 10)).hasMessageContaining("at least 2: 1");
    }

    @Test
    void leaksNothing() {
        Scope.run(() -> {
            Tensor x = Rng.of(7).normal(20, 3);
            long before = Scope.live();
            Kid.between(x, x, new Subsets(3, 5), Rng.of(0));
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        });
    }

    private static Tensor shifted(Rng rng, long rows) {
        return rng.normal(rows, 4).add(new Scalar(0.5));
    }
}
