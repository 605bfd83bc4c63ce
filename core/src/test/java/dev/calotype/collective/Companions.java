package dev.calotype.collective;

import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Several ranks as threads of this process. */
public final class Companions {
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private Companions() {}

    /** What each of them makes, in the order of the ranks. */
    public static <T> List<T> of(int world, Function<Ranks, T> work) {
        return of(world, rank -> "", work);
    }

    /** @param build of each, which differ where they are to be refused */
    static <T> List<T> of(int world, IntFunction<String> build, Function<Ranks, T> work) {
        CompletableFuture<Place> place = new CompletableFuture<>();
        ExecutorService threads = Executors.newFixedThreadPool(world);
        Object[] results = new Object[world];
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < world; i++) {
                int number = i;
                futures.add(threads.submit(() -> {
                    Engine.load(1);
                    try (Ranks ranks = number == 0
                            ? Gloo.lead("127.0.0.1", world, build.apply(number), PATIENCE, place::complete)
                            : Gloo.join(place.join(), build.apply(number), PATIENCE)) {
                        results[ranks.rank()] = work.apply(ranks);
                    } finally {
                        place.cancel(false); // where rank 0 never listened
                    }
                }));
            }
            RuntimeException failure = null;
            for (Future<?> future : futures) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    if (failure == null)
                        failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
            if (failure != null) throw failure;
            @SuppressWarnings("unchecked")
            List<T> all = (List<T>) Arrays.asList(results);
            return all;
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
