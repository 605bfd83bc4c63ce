package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final List<List<String>> VALUES = List.of(List.of("red", "green", "blue"), List.of("lamp", "none"));

    @Test
    void aHistogramTellsWhatIsMissing() {
        CategoryHistogram histogram = CategoryHistogram.of(List.of("a", "b", "c", "d"), 0, 0, 2, 2);
        assertThat(histogram.total()).isEqualTo(4);
        assertThat(histogram.present()).isEqualTo(0.5);
        assertThat(histogram.missing()).containsExactly("b", "d");
        assertThat(histogram.entropy()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(histogram.distanceToUniform()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void histogramsOfPartsAddUp() {
        List<String> names = List.of("a", "b");
        assertThat(CategoryHistogram.of(names, 0, 1).plus(CategoryHistogram.of(names, 1, 1)))
                .isEqualTo(CategoryHistogram.of(names, 0, 1, 1, 1));
        assertThatThrownBy(() -> CategoryHistogram.of(names, 2)).hasMessageContaining("0..1: 2");
    }

    @Test
    void attributeCoverageCountsExpectedValuesThatOccur() {
        int[][] rows = {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 0}};
        AttributeCoverage coverage = AttributeCoverage.uniform(VALUES, rows);
        assertThat(coverage.present()).isCloseTo(3 / 5.0, within(1e-12));
        assertThat(coverage.present(0.5)).isCloseTo(2 / 5.0, within(1e-12)); // green: 0.1 of an expected 1/3
        assertThat(coverage.distances()).containsExactly(new double[] {0.9 - 1 / 3.0, 0.5}, within(1e-12));
        assertThat(coverage.histograms().get(0).missing()).containsExactly("blue");
    }

    @Test
    void valuesThatTheReferenceLacksAreNotMissed() {
        int[][] reference = {{0, 0}, {1, 0}};
        AttributeCoverage coverage = AttributeCoverage.of(VALUES, reference, reference);
        assertThat(coverage.present(1)).isEqualTo(1);
        assertThat(coverage.distances()).containsOnly(0);
    }

    @Test
    void whatCannotBeToldCountsInTheTotalAndIsNotShown() {
        CategoryHistogram histogram = CategoryHistogram.of(List.of("a", "b"), 0, CategoryHistogram.UNKNOWN, 0, -1);
        assertThat(histogram.shares()).containsExactly(0.5, 0);
        assertThat(histogram.total()).isEqualTo(4);
        assertThat(histogram.plus(histogram).unknown()).isEqualTo(4);
        int[][] reference = {{0, 0}, {1, 1}, {2, CategoryHistogram.UNKNOWN}};
        int[][] noise = {{-1, -1}, {-1, -1}};
        assertThat(AttributeCoverage.of(VALUES, noise, reference).present()).isZero();
        assertThat(AttributeCoverage.of(VALUES, reference, reference).present(1))
                .isEqualTo(1);
        assertThatThrownBy(() -> CategoryHistogram.of(List.of("a"), -2)).hasMessageContaining("0..0: -2");
    }

    @Test
    void refusesRowsOfAnotherLength() {
        assertThatThrownBy(() -> AttributeCoverage.uniform(VALUES, new int[][] {{0}}))
                .hasMessageContaining("2 attribute values: 1");
        assertThatThrownBy(() ->
                        AttributeCoverage.uniform(VALUES, new int[][] {{0, 0}}).present(0))
                .hasMessageContaining("fraction");
    }

    @Test
    void classCoverageFollowsTheClassifier() {
        Scope.run(() -> {
            StubNetwork classifier = new StubNetwork();
            ClassCoverage coverage = new ClassCoverage(classifier.classes());
            coverage.add(classifier.logits(Tensors.of(new byte[] {1, 9, 9, 1, 9, 8}, 2, 3, 1, 1)));
            coverage.add(classifier.logits(Tensors.of(new byte[] {7, 2, 2}, 1, 3, 1, 1)));
            assertThat(coverage.histogram()).isEqualTo(CategoryHistogram.of(List.of("r", "g", "b"), 1, 1, 0));
        });
    }
}
