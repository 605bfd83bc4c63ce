package dev.calotype.isolation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has work done by processes that are started when they are wanted first, one for each thread that waits for one but no more than there
 * are cores (two at least), kept for the next work, and ended after a minute without any, or with this program however it ends. A
 * process that ends, or takes too long, costs the work that it was at. Where none can be started, work is done in this process, which the
 * log says once. May be used by several threads.
 */
public final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);
    private static final Isolation SHARED = new Isolation(
            OwnJava::command, Math.max(2, Runtime.getRuntime().availableProcessors()), Duration.ofMinutes(1));

    private final Supplier<List<String>> command;
    private final Semaphore places;
    private final long idleNanoseconds;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, Isolation::daemon);
    private final Deque<Idle> idle = new ArrayDeque<>(); // the latest first
    private State state = State.UNTRIED;

    private enum State {
        UNTRIED,
        STARTS,
        FAILS
    }

    private record Idle(Worker worker, long since) {}

    /**
     * Processes of their own.
     *
     * @param command that starts one; empty where that is not known
     * @param most of them at a time
     * @param idle after which one is ended
     */
    Isolation(Supplier<List<String>> command, int most, Duration idle) {
        this.command = command;
        places = new Semaphore(most);
        idleNanoseconds = idle.toNanos();
        clock.setRemoveOnCancelPolicy(true);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "calotype-isolation");
        thread.setDaemon(true);
        return thread;
    }

    /** The processes of this program. */
    public static Isolation shared() {
        return SHARED;
    }

    /**
     * What comes of a work.
     *
     * @throws IOException what the work failed with, or in one sentence that its process ended or was too slow
     */
    public <A> A done(Isolated<A> work) throws IOException {
        places.acquireUninterruptibly();
        try {
            Worker worker = worker(work.doer());
            if (worker == null) return work.work();
            try {
                return worker.ask(work);
            } finally {
                giveBack(worker);
            }
        } finally {
            places.release();
        }
    }

    /** One that waits, else a new one; null where there is none to be had. */
    private Worker worker(String doer) throws IOException {
        synchronized (idle) {
            while (!idle.isEmpty()) {
                Worker worker = idle.pop().worker;
                if (worker.isAlive()) return worker;
            }
        }
        synchronized (this) { // whether processes start is found out by one
            if (state == State.UNTRIED) return first(doer);
            if (state == State.FAILS) return null;
        }
        try {
            return Worker.start(command.get(), clock);
        } catch (IOException e) {
            throw new IOException("no process could be started to read it: " + e.getMessage(), e);
        }
    }

    private Worker first(String doer) {
        List<String> words = command.get();
        String reason = "where Java or its classes lie is not known";
        if (!words.isEmpty())
            try {
                Worker worker = Worker.start(words, clock);
                state = State.STARTS;
                clock.scheduleWithFixedDelay(this::endIdle, idleNanoseconds, idleNanoseconds / 4, TimeUnit.NANOSECONDS);
                return worker;
            } catch (IOException e) {
                reason = e.getMessage();
            }
        state = State.FAILS;
        LOG.warn("{} runs in this process, since no other can be started for it: {}", doer, reason);
        return null;
    }

    private void giveBack(Worker worker) {
        if (!worker.isAlive()) return;
        synchronized (idle) {
            idle.push(new Idle(worker, System.nanoTime()));
        }
    }

    private void endIdle() {
        synchronized (idle) {
            long now = System.nanoTime();
            while (!idle.isEmpty() && now - idle.peekLast().since > idleNanoseconds)
                idle.pollLast().worker.end();
        }
    }

    /** Those that wait for work. */
    List<ProcessHandle> waiting() {
        synchronized (idle) {
            return idle.stream().map(each -> each.worker.handle()).toList();
        }
    }
}
