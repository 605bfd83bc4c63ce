package dev.calotype.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.global.torch;

/**
 * Runs the same work for indices 0..n-1 at once. A single worker is the calling thread with all the engine's threads;
 * several are threads of their own with one engine thread each.
 */
public final class Workers implements AutoCloseable {
    private final ExecutorService executor;

    /** At most {@code count} at the same time. */
    public Workers(int count) {
        executor = count == 1 ? null : Executors.newFixedThreadPool(count, Workers::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    torch.set_num_threads(1);
                    work.run();
                },
                "calotype-worker");
        thread.setDaemon(true);
        return thread;
    }

    /** The results in order of their indices. */
    public <T> List<T> run(int count, IntFunction<T> work) {
        if (executor == null) {
            List<T> results = new ArrayList<>();
            for (int i = 0; i < count; i++) results.add(work.apply(i));
            return results;
        }
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            futures.add(executor.submit(() -> work.apply(index)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) results.add(join(future));
        return results;
    }

    private static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a worker", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        if (executor != null) executor.shutdownNow();
    }
}
