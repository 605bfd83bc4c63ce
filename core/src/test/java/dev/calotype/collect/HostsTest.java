package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void neverMoreRequestsThanAllowedAreUnderWay() throws Exception {
        Hosts atOnce = new Hosts(2, 0, Hosts.Clock.system());
        AtomicInteger now = new AtomicInteger(), most = new AtomicInteger();
        List<Callable<Integer>> asking = Collections.nCopies(
                200,
                () -> atOnce.ask("a", () -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    return now.decrementAndGet();
                }));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Integer> one : threads.invokeAll(asking)) one.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isLessThanOrEqualTo(2);
    }
}
