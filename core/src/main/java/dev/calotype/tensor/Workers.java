package dev.calotype.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.global.torch;

/**
 * Does pieces of work side by side. A single worker is the calling thread with all the engine's threads; several are threads of
 * their own with as many engine threads each as they are given.
 */
public final class Workers implements AutoCloseable {
    private final int count;
    private final ExecutorService executor;

    /** At most {@code count} at the same time, with one engine thread each. */
    public Workers(int count) {
        this(count, 1);
    }

    /** At most {@code count} at the same time, with so many engine threads each. */
    public Workers(int count, int engineThreads) {
        this.count = count;
        executor = count == 1 ? null : Executors.newFixedThreadPool(count, work -> thread(work, engineThreads));
    }

    /** As many as the engine has threads for who calls, at most {@code most}: the threads are divided among them. */
    public static Workers upTo(int most) {
        int count = countUpTo(most);
        return new Workers(count, torch.get_num_threads() / count);
    }

    /** How many {@link #upTo} makes. */
    public static int countUpTo(int most) {
        return Math.min(most, torch.get_num_threads());
    }

    /** At most so many pieces are worked on at the same time. */
    public int count() {
        return count;
    }

    private static Thread thread(Runnable work, int engineThreads) {
        Thread thread = new Thread(
                () -> {
                    Engine.threads(engineThreads);
                    work.run();
                },
                "calotype-worker");
        thread.setDaemon(true);
        return thread;
    }

    /** The results in order of their indices, of the same work for 0..n-1. All of it has ended then, also where one fails or who calls is interrupted. */
    public <T> List<T> run(int count, IntFunction<T> work) {
        if (executor == null) {
            List<T> results = new ArrayList<>();
            for (int i = 0; i < count; i++) results.add(work.apply(i));
            return results;
        }
        List<CompletableFuture<T>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            futures.add(CompletableFuture.supplyAsync(() -> work.apply(index), executor));
        }
        CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
                .exceptionally(failed -> null) // the others use what who calls frees next
                .join();
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) results.add(join(future));
        return results;
    }

    /**
     * Works on {@code pieces} as they come, at most one more at a time than there are workers, and gives each result to {@code
     * then} in the order of the pieces. The calling thread takes the pieces and runs {@code then}. What fails ends it; the
     * pieces begun may still be worked on until {@link #close}.
     */
    public <P, T> void inOrder(Iterator<P> pieces, Function<P, T> work, Consumer<T> then) {
        if (executor == null) {
            while (pieces.hasNext()) then.accept(work.apply(pieces.next()));
            return;
        }
        Deque<Future<T>> ahead = new ArrayDeque<>();
        do {
            while (ahead.size() <= count && pieces.hasNext()) {
                P piece = pieces.next();
                ahead.add(executor.submit(() -> work.apply(piece)));
            }
            if (!ahead.isEmpty()) then.accept(join(ahead.remove()));
        } while (!ahead.isEmpty() || pieces.hasNext());
    }

    private static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a worker");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Begins nothing more and waits for what was begun, which may use what the caller frees next. */
    @Override
    public void close() {
        if (executor == null) return;
        executor.shutdownNow();
        boolean interrupted = false;
        while (!executor.isTerminated())
            try {
                executor.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        Engine.threads(torch.get_num_threads());
        if (interrupted) Thread.currentThread().interrupt();
    }
}
