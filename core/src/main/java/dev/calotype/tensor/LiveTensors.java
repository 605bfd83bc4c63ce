package dev.calotype.tensor;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Counts the memory of tensors that are alive at once while something runs, on all threads: those that a scope holds, and those that a graph
 * keeps for its backward pass. What kernels take for themselves, and what a backward pass makes inside of the engine, is not seen.
 */
public final class LiveTensors {
    /** Looked at again when so much was made since, in parts of what was alive. */
    private static final int AGAIN = 16;

    private static volatile LiveTensors present;

    private final Map<Long, Tensor> seen = new HashMap<>(); // a tensor of our own on each piece of memory
    private final Set<Long> known = new HashSet<>(); // pieces of memory that are not counted
    private boolean looking;
    private long made, alive, most, widest;

    /** Counts what is made beside the memory that {@code body} used and left behind, such as weights and what belongs to them. */
    public LiveTensors(Runnable body) {
        count(body);
        seen.forEach((memory, own) -> {
            if (isShared(own)) known.add(memory);
        });
        forget();
    }

    /**
     * What was counted, in bytes.
     *
     * @param most alive at once
     * @param widest of a single tensor
     */
    public record Count(long most, long widest) {}

    /** The count of {@code body}, of whose tensors none is freed before the next look: for few samples. One body at a time is counted. */
    public Count of(Runnable body) {
        made = alive = most = widest = 0;
        count(body);
        forget();
        return new Count(most, widest);
    }

    private void count(Runnable body) {
        synchronized (LiveTensors.class) {
            present = this;
            try {
                body.run();
            } finally {
                present = null;
            }
        }
    }

    /** A scope whose tensors are counted. */
    static class Watched extends PointerScope {
        @Override
        public PointerScope attach(Pointer pointer) {
            super.attach(pointer);
            LiveTensors counting = present;
            if (counting != null && pointer instanceof Tensor tensor) counting.made(tensor);
            return this;
        }

        @Override
        public void close() {
            LiveTensors counting = present;
            if (counting != null) counting.look();
            super.close();
        }
    }

    private synchronized void made(Tensor tensor) {
        if (looking || tensor.isNull() || !tensor.defined() || !tensor.has_storage()) return;
        looking = true; // so that what is made here is not seen
        try {
            long memory = tensor.storage().unsafeGetStorageImpl().address();
            if (known.contains(memory) || seen.containsKey(memory)) return;
            seen.put(memory, tensor.detach().retainReference()); // without its graph, which would live as long
            long bytes = tensor.storage().nbytes();
            made += bytes;
            widest = Math.max(widest, bytes);
        } finally {
            looking = false;
        }
    }

    private synchronized void look() {
        if (looking || made == 0 || made * AGAIN < alive) return;
        made = 0;
        seen.values().removeIf(own -> {
            boolean dead = !isShared(own);
            if (dead) own.releaseReference();
            return dead;
        });
        alive = seen.values().stream().mapToLong(own -> own.storage().nbytes()).sum();
        most = Math.max(most, alive);
    }

    /** Whether somebody else has a tensor of this memory: a scope, or the engine. */
    private static boolean isShared(Tensor own) {
        return own.storage().use_count() > 1;
    }

    private synchronized void forget() {
        seen.values().forEach(Pointer::releaseReference);
        seen.clear();
    }
}
