package dev.calotype.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * Two maps of one picture, (1, C, H, W) with the channels last, that share memory: behind each row of the first lies that row of the second. What a
 * wider map leaves when it becomes a narrower one serves the next map so.
 */
final class SharedRows {
    private SharedRows() {}

    /** Whether x is one of two such maps. */
    static boolean holds(Tensor x) {
        long c = x.size(1), row = x.size(3) * c;
        return x.size(0) == 1 && x.stride(1) == 1 && x.stride(3) == c && x.stride(2) >= 2 * row;
    }

    /** Whether x is the first of two, and the second is nobody's. */
    static boolean hasRoom(Tensor x) {
        return holds(x) && x.storage_offset() == 0 && x.storage().use_count() == 1;
    }

    /** The first of two with {@code channels} each, in the memory of the map x that has at least as many as both. */
    static Tensor first(Tensor x, long channels) {
        return at(x, x.storage_offset(), channels); // (1, channels, H, W)
    }

    /** The second, of {@link #first}. */
    static Tensor second(Tensor first) {
        return at(first, first.storage_offset() + first.size(3) * first.size(1), first.size(1)); // (1, C, H, W)
    }

    /** No view of x, which the engine would keep as long, and count. */
    private static Tensor at(Tensor x, long offset, long channels) {
        long[] shape = {1, channels, x.size(2), x.size(3)};
        long[] strides = {x.stride(2) * x.size(2), 1, x.stride(2), channels};
        return x.new_empty(0).set_(x.storage(), offset, shape, strides);
    }
}
