package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.settings.Summary;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    /** Means 0 and 1 with deviation 1 and 9 values each: t = 2.12, of 16 degrees, whose quantile is 2.12. */
    @Test
    void meansAreApartFromTheQuantileOfStudentOn() {
        assertThat(Evidence.apart(new Summary(0, 1.0, 9), new Summary(0.97, 1.0, 9)))
                .isFalse();
        assertThat(Evidence.apart(new Summary(0, 1.0, 9), new Summary(1.03, 1.0, 9)))
                .isTrue();
        assertThat(Evidence.apart(new Summary(1.03, 1.0, 9), new Summary(0, 1.0, 9)))
                .isTrue();
    }

    /** Of two values each with equal deviations there are 2 degrees: 4.303. */
    @Test
    void twoSeedsMustDifferByMuch() {
        Summary one = Summary.of(List.of(-1.0, 1.0)); // deviation sqrt 2
        assertThat(Evidence.apart(one, new Summary(6.0, one.spread(), 2))).isFalse();
        assertThat(Evidence.apart(one, new Summary(6.2, one.spread(), 2))).isTrue();
    }

    @Test
    void aSingleSeedTellsNothing() {
        assertThat(Evidence.apart(new Summary(0, null, 1), new Summary(100, null, 1)))
                .isFalse();
        assertThat(Evidence.apart(new Summary(0, 0.1, 5), new Summary(100, null, 1)))
                .isFalse();
    }

    @Test
    void equalMeansAreNeverApart() {
        assertThat(Evidence.apart(new Summary(1, 0.0, 3), new Summary(1, 0.0, 3)))
                .isFalse();
        assertThat(Evidence.apart(new Summary(1, 0.0, 3), new Summary(2, 0.0, 3)))
                .isTrue();
    }
}
