package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Takes a large image through a network in pieces side by side, each with what lies around it, so that memory is bounded. If the
 * network sees no farther than the margin, nothing else changes.
 *
 * @param tile the side of a piece in pixels, at least 1
 * @param margin pixels around a piece that are seen too
 */
record Patchwork(int tile, int margin) {
    Patchwork {
        if (tile < 1) throw new IllegalArgumentException("a tile must be at least 1 pixel wide: " + tile);
        if (margin < 0) throw new IllegalArgumentException("a margin must be at least 0: " + margin);
    }

    /** (N, C, H, W) to the same. */
    Tensor through(UnaryOperator<Tensor> network, Tensor x) {
        Tensor[] rows = new Tensor[tiles(x.size(2))];
        for (int i = 0; i < rows.length; i++) {
            Tensor[] row = new Tensor[tiles(x.size(3))];
            for (int j = 0; j < row.length; j++) {
                long top = (long) i * tile;
                long left = (long) j * tile;
                row[j] = Scope.tidy(() -> piece(network, x, top, left));
            }
            rows[i] = Tensors.cat(3, row);
        }
        return Tensors.cat(2, rows);
    }

    private int tiles(long length) {
        return Math.toIntExact((length + tile - 1) / tile);
    }

    private Tensor piece(UnaryOperator<Tensor> network, Tensor x, long top, long left) {
        long height = Math.min(tile, x.size(2) - top);
        long width = Math.min(tile, x.size(3) - left);
        long above = Math.min(top, margin);
        long before = Math.min(left, margin);
        long bottom = Math.min(x.size(2), top + height + margin);
        long right = Math.min(x.size(3), left + width + margin);
        Tensor part = x.narrow(2, top - above, bottom - top + above).narrow(3, left - before, right - left + before);
        return network.apply(part).narrow(2, above, height).narrow(3, before, width);
    }
}
