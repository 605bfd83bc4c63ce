package dev.calotype.nn.transformer;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Position embeddings of the patches of a picture, one row of D values for each, row by row. */
public final class PositionTable {
    private static final double TEMPERATURE = 10_000;

    /** How a table is made to fit another number of patches. The two differ by up to a twentieth of its range. */
    public enum Cubic {
        /** The cubic of -0.75, without averaging: as transformers interpolates those of ViT, DeiT and DINOv2. */
        TRANSFORMERS,
        /** The cubic of -0.5, averaging where the table shrinks: as timm resamples, and transformers DINOv2 with registers. */
        TIMM
    }

    /** Down to where the frequencies of {@link #sinCos} fall. */
    public enum Frequencies {
        /** The last is 1 / 10,000. */
        CLOSED,
        /** The one after the last would be (He et al. 2022, Peebles and Xie 2023). */
        OPEN
    }

    private PositionTable() {}

    /**
     * Fixed sines and cosines of the column and of the row, a quarter of the width each, with frequencies from 1 down to
     * 1 / 10,000 ("Better plain ViT baselines", Beyer et al. 2022; big_vision's {@code posemb_sincos_2d}).
     *
     * @param width D, a multiple of 4 and at least 8
     * @return (rows columns, D) in row-major order
     */
    public static float[] sinCos(int rows, int columns, int width) {
        return sinCos(rows, columns, width, Frequencies.CLOSED);
    }

    /** The same with other frequencies. */
    public static float[] sinCos(int rows, int columns, int width, Frequencies frequencies) {
        int quarter = width / 4;
        if (width % 4 != 0 || quarter < 2)
            throw new IllegalArgumentException("width must be a multiple of 4 and at least 8: " + width);
        float[] table = new float[rows * columns * width];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                for (int i = 0; i < quarter; i++) {
                    double omega = Math.pow(
                            TEMPERATURE, -(double) i / (frequencies == Frequencies.CLOSED ? quarter - 1 : quarter));
                    int at = (row * columns + column) * width + i;
                    table[at] = (float) Math.sin(column * omega);
                    table[at + quarter] = (float) Math.cos(column * omega);
                    table[at + 2 * quarter] = (float) Math.sin(row * omega);
                    table[at + 3 * quarter] = (float) Math.cos(row * omega);
                }
        return table;
    }

    /**
     * A square table for another number of patches.
     *
     * @param table (1, from^2, D)
     * @return fp32 (1, to^2, D)
     */
    public static Tensor resize(Tensor table, int from, int to, Cubic cubic) {
        if (table.size(1) != (long) from * from)
            throw new IllegalArgumentException(table.size(1) + " positions are not " + from + " x " + from);
        long width = table.size(2);
        if (from == to) return table;
        return Scope.tidy(() -> {
            Tensor image = table.to(ScalarType.Float)
                    .reshape(1, from, from, width)
                    .permute(0, 3, 1, 2)
                    .contiguous(); // (1, D, from, from)
            Tensor resized = cubic == Cubic.TIMM
                    ? Kernels.resizeBicubicAntialiased(image, to, to)
                    : Kernels.resizeBicubic(image, to, to); // (1, D, to, to)
            return resized.permute(0, 2, 3, 1).reshape(1, (long) to * to, width); // (1, to^2, D)
        });
    }
}
