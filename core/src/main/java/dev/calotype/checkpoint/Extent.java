package dev.calotype.checkpoint;

import java.util.Arrays;

/** How much memory a shape covers, in exact arithmetic: what an untrusted file claims must not overflow. */
final class Extent {
    private Extent() {}

    /** The bytes of a contiguous tensor. Throws {@link IllegalArgumentException} if a size is negative or all are too large. */
    static long bytes(ElementType type, long... shape) {
        long product = type.bits();
        boolean empty = false;
        for (long size : shape) {
            if (size < 0)
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has a negative size");
            empty |= size == 0;
            try {
                product = Math.multiplyExact(product, Math.max(size, 1));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " is too large", e);
            }
        }
        if (empty) return 0;
        if (product % 8 != 0)
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " of " + type + " does not fill whole bytes");
        return product / 8;
    }

    /**
     * One past the last element that a strided view reaches in its storage, 0 for an empty view.
     *
     * @throws IllegalArgumentException if a stride or the offset is negative or the end overflows
     */
    static long end(long offset, long[] shape, long[] strides) {
        if (shape.length != strides.length)
            throw new IllegalArgumentException(shape.length + " sizes with " + strides.length + " strides");
        if (offset < 0 || Arrays.stream(strides).anyMatch(stride -> stride < 0))
            throw new IllegalArgumentException(
                    "negative offset or stride: " + offset + ", " + Arrays.toString(strides));
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) return 0;
        try {
            long last = offset;
            for (int i = 0; i < shape.length; i++)
                last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
            return Math.addExact(last, 1);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("strides " + Arrays.toString(strides) + " are too large", e);
        }
    }
}
