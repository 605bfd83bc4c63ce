package dev.calotype.image;

import java.util.Arrays;

/**
 * What a file stores, as {@link Samples} or a reader yields it: 8-bit colours with an alpha that they are not multiplied by.
 *
 * @param grey whether all colours are greys by the kind of the file
 * @param alpha whether anything may be seen through
 */
record Stored(int width, int height, boolean grey, boolean alpha, Rows rows) {
    private static final int CLEAR = 0xFFFFFF;

    /** Writes row {@code y} as 0xAARRGGBB. */
    interface Rows {
        void read(int y, int[] argb);
    }

    /** Grey (1) or RGB (3), alpha laid over white. */
    Picture flat(int channels) {
        return collect(channels, alpha ? this::onWhite : rows);
    }

    /** Grey where the file is grey, else RGB; alpha apart. */
    PictureFile apart() {
        Picture colours = collect(grey ? 1 : 3, rows);
        return new PictureFile(colours, alpha ? transparency() : PictureFile.NONE, PictureFile.NONE);
    }

    /** The same on a transparent canvas, which it lies within. */
    Stored placed(int left, int top, int canvasWidth, int canvasHeight) {
        int[] inner = new int[width];
        Rows placed = (y, argb) -> {
            Arrays.fill(argb, CLEAR);
            if (y < top || y >= top + height) return;
            rows.read(y - top, inner);
            System.arraycopy(inner, 0, argb, left, width);
        };
        return new Stored(canvasWidth, canvasHeight, grey, true, placed);
    }

    private void onWhite(int y, int[] argb) {
        rows.read(y, argb);
        for (int x = 0; x < argb.length; x++) {
            int c = argb[x];
            int a = c >>> 24;
            argb[x] = Samples.pack(overWhite(c >> 16 & 0xFF, a), overWhite(c >> 8 & 0xFF, a), overWhite(c & 0xFF, a));
        }
    }

    private static int overWhite(int value, int alpha) {
        return alpha == 255 ? value : (value * alpha + 255 * (255 - alpha) + 127) / 255;
    }

    private byte[] transparency() {
        byte[] transparency = new byte[Math.multiplyExact(width, height)];
        int[] argb = new int[width];
        for (int y = 0, i = 0; y < height; y++) {
            rows.read(y, argb);
            for (int c : argb) transparency[i++] = (byte) (c >>> 24);
        }
        return transparency;
    }

    private Picture collect(int channels, Rows from) {
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        int[] argb = new int[width];
        for (int y = 0, i = 0; y < height; y++) {
            from.read(y, argb);
            for (int c : argb) {
                if (channels == 1) {
                    pixels[i++] = (byte) Samples.luma(c >> 16 & 0xFF, c >> 8 & 0xFF, c & 0xFF);
                } else {
                    pixels[i++] = (byte) (c >> 16);
                    pixels[i++] = (byte) (c >> 8);
                    pixels[i++] = (byte) c;
                }
            }
        }
        return new Picture(width, height, channels, pixels);
    }
}
