package dev.calotype.sweep;

import dev.calotype.io.Claim;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Runs the trials of a sweep in processes of their own, so that each has its memory to itself, gives it back, and can be
 * killed without the others.
 *
 * @param command how a process is started that runs the trial of an id and ends; it must end when its standard input does,
 *     so that none outlives this one
 * @param listener told what happens
 */
public record SweepWorkers(
        Sweep sweep, SweepDirectory directory, Function<String, List<String>> command, Listener listener) {
    /** Follows the trials, on several threads. */
    public interface Listener {
        /** A trial begins. */
        void started(Trial trial, int done, int all);

        /** A process wrote a line on its standard error. */
        void said(Trial trial, String line);
    }

    /**
     * Runs every trial that is not done, {@link Sweep#parallel()} at a time, and writes the table.
     *
     * @throws IOException if another process runs the sweep, or a trial's process failed; the others are finished first
     */
    public SweepTable run() throws IOException, InterruptedException {
        try (Claim claim = directory.claim()) {
            List<Trial> open = sweep.trials().stream()
                    .filter(trial -> !directory.done(trial, sweep.measurement()))
                    .toList();
            ExecutorService pool = Executors.newFixedThreadPool(sweep.parallel());
            try {
                List<Future<?>> trials = new ArrayList<>();
                for (Trial trial : open) trials.add(pool.submit(() -> run(trial)));
                waitFor(trials);
            } finally {
                pool.shutdownNow();
            }
            return writeTable();
        }
    }

    private synchronized SweepTable writeTable() throws IOException {
        return SweepTable.write(sweep, directory);
    }

    private static void waitFor(List<Future<?>> trials) throws IOException, InterruptedException {
        IOException failure = null;
        for (Future<?> trial : trials) {
            try {
                trial.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UncheckedIOException cause))
                    throw new IllegalStateException(e.getCause());
                if (failure == null) failure = cause.getCause();
            }
        }
        if (failure != null) throw failure;
    }

    private void run(Trial trial) {
        long done = sweep.trials().stream()
                .filter(other -> directory.done(other, sweep.measurement()))
                .count();
        listener.started(trial, (int) done, sweep.trials().size());
        String last = "";
        try {
            Process process = new ProcessBuilder(command.apply(trial.id()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader errors = process.errorReader()) {
                for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                    last = line;
                    listener.said(trial, line);
                }
                int exit = process.waitFor();
                writeTable();
                if (exit != 0 && !directory.done(trial, sweep.measurement()))
                    throw new IOException("the trial " + trial.id() + " ended with exit code " + exit
                            + (exit == 137 ? ", killed, perhaps for want of memory" : ": " + last));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
