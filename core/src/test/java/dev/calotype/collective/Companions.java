package dev.calotype.collective;

import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Several ranks as threads of this process. */
public final class Companions {
    private Companions() {}

    /** What each of them makes, in the order of the ranks. */
    public static <T> List<T> of(int world, Function<Ranks, T> work) {
        return of(world, rank -> "", work);
    }

    static <T> List<T> of(int world, IntFunction<String> build, Function<Ranks, T> work) {
        int port = port();
        ExecutorService threads = Executors.newFixedThreadPool(world);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int rank = 0; rank < world; rank++) {
                Meeting meeting = new Meeting(
                        "127.0.0.1", port, rank, world, "127.0.0.1", build.apply(rank), Duration.ofSeconds(60));
                futures.add(threads.submit(() -> {
                    Engine.load(1);
                    try (Ranks ranks = Gloo.join(meeting)) {
                        return work.apply(ranks);
                    }
                }));
            }
            List<T> results = new ArrayList<>();
            RuntimeException failure = null;
            for (Future<T> future : futures) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    if (failure == null)
                        failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
            if (failure != null) throw failure;
            return results;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** One that is free now. */
    static int port() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
