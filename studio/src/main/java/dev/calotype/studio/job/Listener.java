package dev.calotype.studio.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Events of one job for one reader, who may be slow: of what passes, only the latest is kept. */
public final class Listener implements AutoCloseable {
    private static final int MOST = 256;

    private final Deque<Event> events = new ArrayDeque<>();
    private final Consumer<Listener> closing;
    private boolean over;

    Listener(Consumer<Listener> closing) {
        this.closing = closing;
    }

    synchronized void tell(Event event) {
        if (over) return;
        if (event.isPassing()) events.removeIf(old -> old.type().equals(event.type()) && sameIndex(old, event));
        if (events.size() >= MOST) events.removeFirst();
        events.add(event);
        notifyAll();
    }

    private static boolean sameIndex(Event old, Event event) {
        return old.data().path("index").equals(event.data().path("index"));
    }

    /** Nothing more will come. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /**
     * The next event, as soon as there is one.
     *
     * @return empty after so many seconds, or when nothing more will come
     */
    public synchronized Optional<Event> next(int seconds) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (events.isEmpty() && !over) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) return Optional.empty();
            wait(left);
        }
        return Optional.ofNullable(events.poll());
    }

    /** Whether all was read and nothing more will come. */
    public synchronized boolean isOver() {
        return over && events.isEmpty();
    }

    @Override
    public void close() {
        closing.accept(this);
        end();
    }
}
