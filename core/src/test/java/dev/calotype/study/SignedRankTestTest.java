package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignedRankTestTest {
    /** Differences in height of cross- and self-fertilised maize (Darwin 1876); scipy.stats.wilcoxon: 24.0, 0.041259765625. */
    private static final double[] MAIZE = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};

    @Test
    void theExactDistributionIsThatOfScipy() {
        SignedRankTest test = SignedRankTest.of(MAIZE);
        assertThat(test.pairs()).isEqualTo(15);
        assertThat(test.statistic()).isEqualTo(24);
        assertThat(test.p()).isEqualTo(0.041259765625);
    }

    @Test
    void aFewPairsAreCountedByHand() {
        assertThat(SignedRankTest.of(1, 2, 3).p()).isEqualTo(2 / 8.0);
        assertThat(SignedRankTest.of(-1, 2, 3).p()).isEqualTo(4 / 8.0);
        // Ranks 1.5, 1.5, 3: of the eight sums of ranks, 0 and twice 1.5 are at most 1.5.
        assertThat(SignedRankTest.of(-1, 1, 2).p()).isEqualTo(6 / 8.0);
        assertThat(SignedRankTest.of(-1, 1, 2).statistic()).isEqualTo(1.5);
    }

    @Test
    void onlySignsAndTheOrderOfMagnitudesMatter() {
        double[] stretched = new double[MAIZE.length], mirrored = new double[MAIZE.length];
        for (int i = 0; i < MAIZE.length; i++) {
            stretched[i] = Math.pow(MAIZE[i], 3);
            mirrored[i] = -MAIZE[i];
        }
        assertThat(SignedRankTest.of(stretched)).isEqualTo(SignedRankTest.of(MAIZE));
        assertThat(SignedRankTest.of(mirrored)).isEqualTo(SignedRankTest.of(MAIZE));
    }

    @Test
    void pairsWithoutADifferenceAreLeftOut() {
        assertThat(SignedRankTest.of(0, 1, 2, 0, 3)).isEqualTo(SignedRankTest.of(1, 2, 3));
        assertThat(SignedRankTest.of(0, 0)).isEqualTo(new SignedRankTest(0, 0, 1));
    }

    /** scipy 1.17.1: wilcoxon(d, method='asymptotic', correction=True). */
    @Test
    void ofManyPairsTheNormalDistributionIsThatOfScipy() {
        double[] d = IntStream.rangeClosed(1, 41)
                .mapToDouble(i -> i % 3 == 0 ? -i : i)
                .toArray();
        assertThat(SignedRankTest.of(d).p()).isCloseTo(0.04190500266514842, within(1e-6));
        double[] ties = IntStream.rangeClosed(1, 50)
                .mapToDouble(i -> (i % 3 == 0 ? -1 : 1) * (i % 7 + 1))
                .toArray();
        assertThat(SignedRankTest.of(ties).p()).isCloseTo(0.04948062906256038, within(1e-6));
    }

    /** All of one sign: 2 of the 2^n choices of signs give a sum as small. */
    @Test
    void upToFortyPairsEveryChoiceOfSignsIsCounted() {
        assertThat(SignedRankTest.of(ascending(40)).p()).isEqualTo(2 / Math.pow(2, 40));
        assertThat(SignedRankTest.of(ascending(41)).p()).isGreaterThan(10 / Math.pow(2, 41));
        assertThat(SignedRankTest.of(ascending(40)).statistic()).isZero();
    }

    private static double[] ascending(int n) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
    }
}
