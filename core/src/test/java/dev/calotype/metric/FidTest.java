package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class FidTest {
    @Test
    void agreesWithTheReference() {
        Scope.run(() -> {
            Fid fid = Fid.between(statistics("real"), statistics("fake"));
            assertThat(fid.value()).isCloseTo(MetricFixtures.golden().get("fid").asDouble(), withPercentage(1e-4));
        });
    }

    @Test
    void isZeroForASetAndItself() {
        Scope.run(() -> {
            assertThat(Fid.between(statistics("real"), statistics("real")).value())
                    .isCloseTo(0, within(1e-8));
            FeatureStatistics deficient = FeatureStatisticsTest.of(Rng.of(1).normal(10, 30));
            assertThat(deficient.rankDeficient()).isTrue();
            assertThat(Fid.between(deficient, deficient).value()).isCloseTo(0, within(1e-5));
        });
    }

    @Test
    void isSymmetric() {
        Scope.run(() -> assertThat(
                        Fid.between(statistics("fake"), statistics("real")).value())
                .isCloseTo(Fid.between(statistics("real"), statistics("fake")).value(), withPercentage(1e-8)));
    }

    @Test
    void hasAClosedFormForDiagonalGaussians() {
        FeatureStatistics first = FeatureStatistics.of(100, new double[] {1, 2}, new double[] {4, 0, 0, 9});
        FeatureStatistics second = FeatureStatistics.of(100, new double[] {1, 5}, new double[] {1, 0, 0, 16});
        Fid fid = Fid.between(first, second);
        assertThat(fid.meanTerm()).isEqualTo(9);
        assertThat(fid.covarianceTerm()).isCloseTo((2 - 1) * (2 - 1) + (3 - 4) * (3 - 4), within(1e-12));
    }

    @Test
    void doesNotChangeUnderARotationOfBothSets() {
        Scope.run(() -> {
            Tensor rotation = torch.linalg_qr(MetricFixtures.tensor("real").narrow(0, 0, 24))
                    .get0();
            Tensor real = MetricFixtures.tensor("real").mm(rotation);
            Tensor fake = MetricFixtures.tensor("fake").mm(rotation);
            assertThat(Fid.between(FeatureStatisticsTest.of(real), FeatureStatisticsTest.of(fake))
                            .value())
                    .isCloseTo(
                            Fid.between(statistics("real"), statistics("fake")).value(), withPercentage(1e-8));
        });
    }

    @Test
    void refusesDifferentDimensions() {
        assertThatThrownBy(() -> Fid.between(new FeatureStatistics(2), new FeatureStatistics(3)))
                .hasMessageContaining("2 and 3 dimensions");
    }

    private static FeatureStatistics statistics(String name) {
        return FeatureStatisticsTest.of(MetricFixtures.tensor(name));
    }
}
