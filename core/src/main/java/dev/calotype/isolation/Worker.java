package dev.calotype.isolation;

import dev.calotype.io.HeapFullException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A process that does one work after the other. Belongs to one thread at a time. */
final class Worker {
    private static final int BUFFER = 1 << 16;
    private static final int KILLED = 137;
    private static final Duration TO_START = Duration.ofMinutes(2);

    /** What a process needs of the environment: names of files, where libraries lie, how letters are coded; never a key. */
    static final Set<String> KEPT = Set.of(
            "PATH",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "LD_LIBRARY_PATH",
            "DYLD_LIBRARY_PATH",
            "TMPDIR",
            "TEMP",
            "TMP",
            "SYSTEMROOT");

    private final Process process;
    private final ScheduledExecutorService clock;
    private final DataOutputStream to;
    private final DataInputStream from;
    private volatile boolean late;

    private Worker(Process process, ScheduledExecutorService clock) {
        this.process = process;
        this.clock = clock;
        to = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), BUFFER));
        from = new DataInputStream(new BufferedInputStream(process.getInputStream(), BUFFER));
    }

    /**
     * Starts one, and waits until it is there.
     *
     * @param clock ends it where it takes too long
     * @throws IOException if it does not start
     */
    static Worker start(List<String> command, ScheduledExecutorService clock) throws IOException {
        ProcessBuilder prepared = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        prepared.environment().keySet().removeIf(name -> !KEPT.contains(name.toUpperCase(Locale.ROOT)));
        Worker worker = new Worker(prepared.start(), clock);
        ScheduledFuture<?> alarm = worker.alarm(TO_START);
        try {
            if (worker.from.readInt() == WorkerMain.GREETING) return worker;
            throw new EOFException();
        } catch (EOFException e) {
            throw new IOException(command.get(0) + " ended with exit code " + worker.end(), e);
        } finally {
            alarm.cancel(false);
        }
    }

    private ScheduledFuture<?> alarm(Duration limit) {
        return clock.schedule(
                () -> {
                    late = true;
                    process.destroyForcibly();
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * Has a work done. Where this fails with anything but what the work itself failed with, the process has ended.
     *
     * @throws IOException what the work failed with, or in one sentence that the process ended
     */
    <A> A ask(Isolated<A> work) throws IOException {
        Duration limit = work.limit();
        ScheduledFuture<?> alarm = alarm(limit);
        boolean sound = false;
        try {
            byte how = question(work);
            A answer = how == WorkerMain.DONE ? work.told(from) : null;
            IOException failure = how == WorkerMain.FAILED ? work.failure(from.readUTF(), from.readUTF()) : null;
            sound = true;
            if (how == WorkerMain.HEAP_FULL) throw HeapFullException.of(null);
            if (failure != null) throw failure;
            return answer;
        } catch (EOFException e) {
            int code = end();
            if (code == WorkerMain.HEAP_FULL && !late) throw HeapFullException.of(e);
            throw new IOException(ended(work.doer(), limit, code), e);
        } finally {
            alarm.cancel(false);
            if (!sound || late) end(); // in the middle of an answer, or about to
        }
    }

    private byte question(Isolated<?> work) throws EOFException {
        try {
            to.writeUTF(work.getClass().getName());
            work.write(to);
            to.flush();
            return from.readByte();
        } catch (IOException e) { // a broken pipe says as much as an end
            throw (EOFException) new EOFException().initCause(e);
        }
    }

    private String ended(String doer, Duration limit, int code) {
        if (late)
            return doer + " was ended after " + limit.toSeconds() + " seconds of reading it; it is damaged or hostile";
        return code == KILLED
                ? doer + " was killed while reading it, perhaps for want of memory"
                : doer + " ended while reading it (exit code " + code + "); it is damaged or hostile";
    }

    /** Whether it can be asked. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Its process. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends it; the exit code is its own where it had ended already. */
    int end() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                int code = process.waitFor();
                if (interrupted) Thread.currentThread().interrupt();
                return code;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
