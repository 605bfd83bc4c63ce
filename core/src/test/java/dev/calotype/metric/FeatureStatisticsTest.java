package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FeatureStatisticsTest {
    @Test
    void isTheTextbookMeanAndUnbiasedCovariance() {
        Scope.run(() -> {
            FeatureStatistics statistics = of(Tensors.of(new float[] {1, 2, 3, 6, 8, 1}, 3, 2));
            assertThat(statistics.mean()).containsExactly(4, 3);
            assertThat(statistics.covariance()).containsExactly(new double[] {13, -4, -4, 7}, within(1e-12));
        });
    }

    @Test
    void doesNotDependOnHowTheStreamIsCut() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(500, 6).add(new Scalar(1000.0)); // a mean far from 0 shows cancellation
            FeatureStatistics whole = of(x);
            FeatureStatistics cut = new FeatureStatistics(6);
            for (int[] range : new int[][] {{0, 1}, {1, 7}, {8, 400}, {408, 92}})
                cut.add(x.narrow(0, range[0], range[1]));
            assertSame(cut, whole);
        });
    }

    @Test
    void statisticsOfPartsAddUp() {
        Scope.run(() -> {
            Tensor x = Rng.of(2).normal(300, 5);
            FeatureStatistics parts = of(x.narrow(0, 0, 40));
            parts.add(of(x.narrow(0, 40, 260)));
            parts.add(new FeatureStatistics(5));
            assertSame(parts, of(x));
        });
    }

    @Test
    void addingStatisticsToThemselvesCountsThemTwice() {
        Scope.run(() -> {
            Tensor x = Rng.of(3).normal(50, 4);
            FeatureStatistics twice = of(x);
            twice.add(twice);
            assertSame(twice, of(Tensors.cat(0, x, x)));
        });
    }

    @Test
    void storedStatisticsComeBack() {
        Scope.run(() -> {
            FeatureStatistics made = of(Rng.of(4).normal(30, 3));
            assertSame(FeatureStatistics.of(made.count(), made.mean(), made.covariance()), made);
        });
    }

    @Test
    void refusesWhatWouldPoisonIt() {
        Scope.run(() -> {
            FeatureStatistics statistics = new FeatureStatistics(2);
            assertThatThrownBy(() -> statistics.add(Tensors.of(new float[] {1, Float.NaN}, 1, 2)))
                    .hasMessageContaining("finite");
            assertThatThrownBy(() -> statistics.add(Tensors.of(new float[] {1, 2, 3}, 1, 3)))
                    .hasMessageContaining("(N, 2): [1, 3]");
            assertThatThrownBy(statistics::covariance).hasMessageContaining("at least 2 vectors: 0");
            assertThat(statistics.count()).isZero();
        });
    }

    @Test
    void leaksNothing() {
        Scope.run(() -> {
            Tensor x = Rng.of(5).normal(20, 3);
            FeatureStatistics statistics = of(x);
            long before = Scope.live();
            statistics.add(x);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        });
    }

    private static void assertSame(FeatureStatistics actual, FeatureStatistics expected) {
        assertThat(actual.count()).isEqualTo(expected.count());
        assertThat(actual.mean()).containsExactly(expected.mean(), within(1e-9));
        assertThat(actual.covariance()).containsExactly(expected.covariance(), within(1e-9));
    }

    static FeatureStatistics of(Tensor features) {
        FeatureStatistics statistics = new FeatureStatistics((int) features.size(1));
        statistics.add(features);
        return statistics;
    }
}
