package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostsTest {
    private long now = 1000;

    private final Hosts.Clock clock = new Hosts.Clock() {
        @Override
        public long millis() {
            return now;
        }

        @Override
        public void sleep(long millis) {
            now += millis;
        }
    };

    private final Hosts hosts = new Hosts(2, 100, clock);

    private List<Long> begun(String host, int count) throws Exception {
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) begun.add(hosts.ask(host, () -> now));
        return begun;
    }

    @Test
    void requestsToAHostBeginApartAndOthersAtOnce() throws Exception {
        assertThat(begun("a", 3)).containsExactly(1000L, 1100L, 1200L);
        assertThat(begun("b", 1)).containsExactly(1200L);
    }

    @Test
    void aHostThatAsksForItIsLeftAlone() throws Exception {
        hosts.rest("a", 5000);
        assertThat(hosts.wait("a")).isEqualTo(5000);
        assertThat(hosts.wait("b")).isZero();
        assertThat(begun("a", 2)).containsExactly(6000L, 6100L);
    }

    @Test
    void aHostMayWantItSlowerAndNeverGetsItFaster() throws Exception {
        hosts.slow("a", 700);
        hosts.slow("a", 10);
        assertThat(begun("a", 2)).containsExactly(1000L, 1700L);
    }
}
