package dev.calotype.tensor;

import java.util.Iterator;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Frees the native memory made inside a block when the block ends; what the block returns lives on in the caller's
 * scope.
 *
 * <p>The one memory rule of the library: <em>borrow arguments, return into the caller's scope</em>. Scopes belong to
 * the thread that opened them, and so does the choice whether gradients are recorded. The engine's number of threads
 * belongs to a thread too: one that {@link Engine#load} was not called on computes with as many as there are cores.
 */
public final class Scope {
    private Scope() {}

    /** Runs {@code body} and frees every tensor it made. */
    public static void run(Runnable body) {
        try (PointerScope scope = new LiveTensors.Watched()) {
            body.run();
        }
    }

    /** Runs {@code body} without recording gradients and returns a Java value read from its tensors. */
    public static <T> T read(Supplier<T> body) {
        try (NoGradGuard guard = new NoGradGuard();
                PointerScope scope = new LiveTensors.Watched()) {
            return body.get();
        }
    }

    /** Returns the tensor that {@code body} returns, after freeing everything else it made. */
    public static Tensor tidy(Supplier<Tensor> body) {
        return tidyAll(() -> new Tensor[] {body.get()})[0];
    }

    /** {@link #tidy} for several results; a {@code null} stays {@code null}. */
    public static Tensor[] tidyAll(Supplier<Tensor[]> body) {
        PointerScope caller = PointerScope.getInnerScope();
        try (TidyScope scope = new TidyScope()) {
            Tensor[] results = body.get().clone();
            for (int i = 0; i < results.length; i++) {
                if (results[i] == null) continue;
                results[i] = new Tensor(results[i]); // a handle of its own: an element of a vector would dangle
                if (caller == null) results[i].retainReference();
                else caller.attach(results[i]);
            }
            return results;
        }
    }

    /** {@link #tidy} without recording gradients. */
    public static Tensor inference(Supplier<Tensor> body) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return tidy(body);
        }
    }

    /**
     * Returns the tensor that {@code body} makes, owned by no scope: the caller keeps it as long as it wants and closes
     * it. No gradients are recorded.
     */
    public static Tensor keep(Supplier<Tensor> body) {
        try (NoGradGuard guard = new NoGradGuard();
                PointerScope scope = new LiveTensors.Watched()) {
            Tensor result = new Tensor(body.get());
            result.retainReference();
            return result;
        }
    }

    /**
     * Something long-lived, such as a network, and all native memory that making it took. It may be made, used and closed by
     * different threads; {@link #use} keeps others from closing it meanwhile.
     */
    public static final class Owned<T> implements AutoCloseable {
        private final T value;
        private final PointerScope memory;
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private volatile boolean closed;

        private Owned(T value, PointerScope memory) {
            this.value = value;
            this.memory = memory;
        }

        /**
         * What is owned.
         *
         * @throws IllegalStateException if it was closed
         */
        public T value() {
            if (closed) throw new IllegalStateException("this was closed, and its memory is free: open it again");
            return value;
        }

        /**
         * What {@code body} makes of it. Several threads may use it at the same time; {@link #close} waits for all of them.
         *
         * @throws IllegalStateException if it was closed
         */
        public <R> R use(Function<T, R> body) {
            lock.readLock().lock();
            try {
                return body.apply(value());
            } finally {
                lock.readLock().unlock();
            }
        }

        /**
         * Frees the memory, once.
         *
         * @throws IllegalStateException if this thread is using it
         */
        @Override
        public void close() {
            if (lock.getReadHoldCount() > 0)
                throw new IllegalStateException("this cannot be closed by the thread that uses it");
            lock.writeLock().lock();
            try {
                if (!closed) memory.close();
                closed = true;
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    /** How something long-lived is made, or read. */
    @FunctionalInterface
    public interface Making<T, E extends Exception> {
        T make() throws E;
    }

    /** What {@code body} makes, owned by no scope: unlike a network that is closed, it takes its layers along. */
    public static <T, E extends Exception> Owned<T> own(Making<T, E> body) throws E {
        try (PointerScope memory = new LiveTensors.Watched()) {
            Owned<T> owned = new Owned<>(body.make(), memory);
            memory.extend();
            return owned;
        }
    }

    /** Of these, results escape, and by {@link #outliveTidying} what a graph still needs. */
    private static final class TidyScope extends LiveTensors.Watched {}

    /**
     * Lets {@code pointer} live as long as the results of the {@link #tidy} blocks around: for what the backward pass of
     * those results reads.
     */
    public static <P extends Pointer> P outliveTidying(P pointer) {
        Iterator<PointerScope> scopes = PointerScope.getScopeIterator(); // innermost first
        while (scopes != null && scopes.hasNext()) {
            PointerScope scope = scopes.next();
            if (scope instanceof TidyScope) continue;
            scope.attach(pointer);
            return pointer;
        }
        return pointer.retainReference();
    }

    /** The number of native objects alive in this process, for leak tests; the garbage collector may lower it at any time. */
    public static long live() {
        return Pointer.totalCount();
    }
}
