package dev.calotype.collective;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StragglersTest {
    private long now; // nanoseconds

    /** The first of three, and what the other two say that they have waited. */
    private static final class Three extends OneRank {
        private double second, third;

        @Override
        public int world() {
            return 3;
        }

        @Override
        public double[] sum(double... values) {
            assertThat(values).hasSize(4);
            return new double[] {3 * values[0], values[1], values[2] + second, values[3] + third};
        }
    }

    /** So many steps of a second, in which each rank waits for so long. */
    private void steps(Stragglers stragglers, Three ranks, int count, double... waits) {
        ranks.second = waits[1];
        ranks.third = waits[2];
        for (int i = 0; i < count; i++) step(stragglers, 1 - waits[0], waits[0]);
    }

    private void step(Stragglers stragglers, double computes, double waits) {
        now += (long) (computes * 1e9);
        long begun = stragglers.now();
        now += (long) (waits * 1e9);
        assertThat(stragglers.sum(begun, 5)).containsExactly(15);
    }

    @Test
    void theOneForWhichTheOthersWaitIsNamedOnce() {
        Three ranks = new Three();
        Stragglers stragglers = new Stragglers(ranks, () -> now);
        steps(stragglers, ranks, 20, 0.3, 0.05, 0.4);
        assertThat(stragglers.name()).hasValueSatisfying(said -> assertThat(said)
                .startsWith("the others wait for rank 1 in 30 % of the time;")
                .endsWith(", or train without it"));
        steps(stragglers, ranks, 20, 0.3, 0.05, 0.4);
        assertThat(stragglers.name()).as("is known").isEmpty();
        steps(stragglers, ranks, 20, 0, 0.2, 0.2);
        assertThat(stragglers.name()).hasValueSatisfying(said -> assertThat(said)
                .startsWith("the others wait for rank 0 in 20 % of the time;")
                .endsWith(" its machine does"));
    }

    /** Steps take a second, but for one in which the first rank waits for 98 s more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 13, 14, 15, 16, 17, 18, 27, 28})
    void whatIsWaitedIsAShareOfTheTimeInWhichItWas(int late) {
        Three ranks = new Three();
        Stragglers stragglers = new Stragglers(ranks, () -> now);
        for (int i = 0; i < 45; i++) {
            step(stragglers, 1, i == late ? 98 : 0);
            if (i % 15 == 14)
                assertThat(stragglers.name().orElse("in 45 %"))
                        .as("half of 98 s in 108 to 113 s")
                        .containsPattern("in 4[345] %");
        }
    }

    @Test
    void whoMeetsAlikeOrHasJustBegunIsNone() {
        Three ranks = new Three();
        Stragglers stragglers = new Stragglers(ranks, () -> now);
        steps(stragglers, ranks, 2, 0.9, 0, 0.9);
        steps(stragglers, ranks, 9, 0.3, 0, 0.3);
        assertThat(stragglers.name()).as("too few steps").isEmpty();
        steps(stragglers, ranks, 40, 0.3, 0.3, 0.3);
        assertThat(stragglers.name()).as("all wait for the network").isEmpty();
    }

    @Test
    void oneAloneWaitsForNobody() {
        Stragglers stragglers = new Stragglers(Ranks.ALONE);
        for (int i = 0; i < 20; i++) assertThat(stragglers.sum(0, i)).containsExactly(i);
        assertThat(stragglers.name()).isEmpty();
    }
}
