package dev.calotype.restore;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** What lies beyond the border of a picture: the picture mirrored, its last row and column included, without end. */
final class Border {
    private Border() {}

    /** Which of 0..length-1 lies at {@code i}. */
    static int mirrored(int i, int length) {
        int folded = Math.floorMod(i, 2 * length);
        return folded < length ? folded : 2 * length - 1 - folded;
    }

    /** {@code radius} more pixels on each side: (N, C, H, W) to (N, C, H + 2 r, W + 2 r). */
    static Tensor pad(Tensor x, int radius) {
        return x.index_select(2, indices(x, 2, radius)).index_select(3, indices(x, 3, radius));
    }

    /** The adjoint of {@link #pad}: what lies beyond the border is added to where it came from. */
    static Tensor fold(Tensor padded, int radius) {
        long height = padded.size(2) - 2L * radius;
        long width = padded.size(3) - 2L * radius;
        Tensor rows = Device.of(padded).zeros(padded.size(0), padded.size(1), height, padded.size(3));
        rows = rows.index_add(2, indices(rows, 2, radius), padded);
        Tensor all = Device.of(padded).zeros(padded.size(0), padded.size(1), height, width);
        return all.index_add(3, indices(all, 3, radius), rows);
    }

    private static Tensor indices(Tensor x, long dimension, int radius) {
        int length = Math.toIntExact(x.size(dimension));
        int[] indices = new int[length + 2 * radius];
        for (int i = 0; i < indices.length; i++) indices[i] = mirrored(i - radius, length);
        return Device.of(x).move(Tensors.of(indices));
    }
}
