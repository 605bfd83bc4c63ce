package dev.calotype.collective;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
        for (int i = 0; i < count; i++) {
            now += (long) ((1 - waits[0]) * 1e9);
            long begun = stragglers.now();
            now += (long) (waits[0] * 1e9);
            assertThat(stragglers.sum(begun, i)).containsExactly(3 * i);
        }
    }

    @Test
    void theOneForWhichTheOthersWaitIsNamedOnce() {
        Three ranks = new Three();
        Stragglers stragglers = new Stragglers(ranks, () -> now);
        steps(stragglers, ranks, 20, 0.3, 0.05, 0.4);
        assertThat(stragglers.name()).hasValueSatisfying(said -> assertThat(said)
                .startsWith("the others wait for rank 1 in 30 % of the time;"));
        steps(stragglers, ranks, 20, 0.3, 0.05, 0.4);
        assertThat(stragglers.name()).as("is known").isEmpty();
        steps(stragglers, ranks, 20, 0, 0.2, 0.2);
        assertThat(stragglers.name())
                .hasValueSatisfying(said -> assertThat(said).startsWith("the others wait for rank 0 in "));
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
