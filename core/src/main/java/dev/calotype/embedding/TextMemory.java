package dev.calotype.embedding;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** What a frozen text encoder made of texts, kept in memory as long as there is room. Several threads may use one. */
final class TextMemory {
    private static final long ROOM = 1L << 26; // values, 256 MB

    private final Map<String, float[]> known = new ConcurrentHashMap<>();
    private final AtomicLong kept = new AtomicLong();

    /** The values of a text: those of before, or what {@code reading} answers; do not change them. */
    float[] of(String text, Function<String, Tensor> reading) {
        float[] before = known.get(text);
        if (before != null) return before;
        float[] read = Scope.read(() -> Tensors.floats(reading.apply(text)));
        if (kept.addAndGet(read.length) < ROOM) known.put(text, read);
        return read;
    }
}
