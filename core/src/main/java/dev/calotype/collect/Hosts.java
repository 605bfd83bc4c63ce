package dev.calotype.collect;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * When a host may be asked: of one host at most so many requests are under way at the same time, begun at least so long one after the other,
 * and none before the time that it asked to wait for.
 */
final class Hosts {
    /** Time, which passes by itself or in a test. */
    interface Clock {
        long millis();

        void sleep(long millis) throws InterruptedException;

        /** That of the machine. */
        static Clock system() {
            return new Clock() {
                @Override
                public long millis() {
                    return System.nanoTime() / 1_000_000;
                }

                @Override
                public void sleep(long millis) throws InterruptedException {
                    Thread.sleep(millis);
                }
            };
        }
    }

    /** One request. */
    interface Asking<T> {
        T ask() throws CollectException;
    }

    private final int perHost;
    private final int hostMillis;
    private final Clock clock;
    private final Map<String, State> states = new ConcurrentHashMap<>();

    Hosts(int perHost, int hostMillis, Clock clock) {
        this.perHost = perHost;
        this.hostMillis = hostMillis;
        this.clock = clock;
    }

    private static final class State {
        private final Semaphore free;
        private long interval;
        private long next;

        State(int perHost, int interval, long now) {
            free = new Semaphore(perHost, true);
            this.interval = interval;
            next = now;
        }

        /** Takes the next beginning. */
        synchronized long begin(long now) {
            long begin = Math.max(now, next);
            next = begin + interval;
            return begin;
        }

        synchronized void rest(long until) {
            next = Math.max(next, until);
        }

        synchronized void slow(long millis) {
            interval = Math.max(interval, millis);
        }

        synchronized long next() {
            return next;
        }
    }

    private State state(String host) {
        return states.computeIfAbsent(host, h -> new State(perHost, hostMillis, clock.millis()));
    }

    /** Waits until the host may be asked, and asks. */
    <T> T ask(String host, Asking<T> asking) throws CollectException, InterruptedException {
        State state = state(host);
        state.free.acquire();
        try {
            long now = clock.millis(), begin = state.begin(now);
            if (begin > now) clock.sleep(begin - now);
            return asking.ask();
        } finally {
            state.free.release();
        }
    }

    /** The host asks not to be asked for so long. */
    void rest(String host, long millis) {
        state(host).rest(clock.millis() + millis);
    }

    /** Requests to the host begin at least so long one after the other. */
    void slow(String host, long millis) {
        state(host).slow(millis);
    }

    /** Milliseconds until the host may be asked again, as far as is known now. */
    long wait(String host) {
        return Math.max(0, state(host).next() - clock.millis());
    }
}
