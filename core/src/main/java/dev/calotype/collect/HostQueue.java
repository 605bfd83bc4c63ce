package dev.calotype.collect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rows of a shard, by host: who asks for work gets a turn of a host that may be asked now, so that a slow host holds up nobody
 * else. A host has as many turns as requests may be under way to it.
 */
final class HostQueue {
    private static final long IDLE = 50; // milliseconds until a host is looked at again whose rows are all under way

    private final DelayQueue<Turn> turns = new DelayQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Hosts hosts;

    /** A host of the shard. */
    static final class Rows {
        private final String host;
        private final ConcurrentLinkedDeque<Row> waiting = new ConcurrentLinkedDeque<>();
        private final AtomicInteger unfinished = new AtomicInteger();
        private final AtomicInteger silent = new AtomicInteger();

        Rows(String host) {
            this.host = host;
        }

        String host() {
            return host;
        }

        /** How many requests in a row found nobody there. */
        AtomicInteger silent() {
            return silent;
        }
    }

    /** A row that is to be fetched, and how often that was tried. */
    record Row(int index, String host, int tries) {
        Row again() {
            return new Row(index, host, tries + 1);
        }
    }

    /** The right to ask a host once. */
    static final class Turn implements Delayed {
        private final Rows rows;
        private final long ready;

        Turn(Rows rows, long waitMillis) {
            this.rows = rows;
            ready = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        }

        Rows rows() {
            return rows;
        }

        /** The next row of the host; null if all are under way. */
        Row row() {
            return rows.waiting.poll();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(ready - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(ready - ((Turn) other).ready, 0);
        }
    }

    HostQueue(List<Row> rows, int perHost, Hosts hosts) {
        this.hosts = hosts;
        unfinished.set(rows.size());
        Map<String, Rows> byHost = new LinkedHashMap<>();
        for (Row row : rows) {
            Rows ofHost = byHost.computeIfAbsent(row.host, Rows::new);
            ofHost.waiting.add(row);
            ofHost.unfinished.incrementAndGet();
        }
        List<Turn> first = new ArrayList<>();
        for (Rows ofHost : byHost.values())
            for (int i = 0; i < Math.min(perHost, ofHost.unfinished.get()); i++) first.add(new Turn(ofHost, 0));
        turns.addAll(first);
    }

    /** A turn of a host that may be asked now; null if all rows are finished. */
    Turn next() throws InterruptedException {
        while (unfinished.get() > 0) {
            Turn turn = turns.poll(IDLE, TimeUnit.MILLISECONDS);
            if (turn != null) return turn;
        }
        return null;
    }

    /** The row of a turn is finished. */
    void done(Turn turn) {
        turn.rows.unfinished.decrementAndGet();
        unfinished.decrementAndGet();
        back(turn, hosts.wait(turn.rows.host));
    }

    /** The row of a turn is to be tried again, after the others of its host, and not before so long. */
    void again(Turn turn, Row row, long waitMillis) {
        turn.rows.waiting.add(row.again());
        back(turn, Math.max(waitMillis, hosts.wait(turn.rows.host)));
    }

    /** There was nothing to do in a turn. */
    void idle(Turn turn) {
        back(turn, IDLE);
    }

    private void back(Turn turn, long waitMillis) {
        if (turn.rows.unfinished.get() > 0) turns.add(new Turn(turn.rows, waitMillis));
    }
}
