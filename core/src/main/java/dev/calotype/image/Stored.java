package dev.calotype.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a file stores, as {@link Samples} or a reader yields it: 8-bit colours with an alpha that they are not multiplied by.
 *
 * @param grey whether all colours are greys by the kind of the file
 * @param alpha whether anything may be seen through
 * @param deep the same in 16 bits; null if the file has no more than 8, or colours that are converted
 */
record Stored(int width, int height, boolean grey, boolean alpha, Rows rows, DeepRows deep) {
    private static final int CLEAR = 0xFFFFFF;

    /** Of 8 bits. */
    Stored(int width, int height, boolean grey, boolean alpha, Rows rows) {
        this(width, height, grey, alpha, rows, null);
    }

    /** Writes row {@code y}: three colours and alpha of each pixel, each in 0..65535. */
    interface DeepRows {
        void read(int y, int[] samples);
    }

    /** Writes row {@code y} as 0xAARRGGBB. */
    interface Rows {
        void read(int y, int[] argb);
    }

    /** Red, green, blue and alpha of each pixel. */
    static Stored of(int width, int height, boolean grey, boolean alpha, byte[] rgba) {
        Rows rows = (y, argb) -> {
            for (int x = 0, at = 4 * width * y; x < width; x++, at += 4)
                argb[x] = (rgba[at + 3] & 0xFF) << 24
                        | (rgba[at] & 0xFF) << 16
                        | (rgba[at + 1] & 0xFF) << 8
                        | rgba[at + 2] & 0xFF;
        };
        return new Stored(width, height, grey, alpha, rows);
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

    /** Grey where the file is grey, else RGB, in 16 bits; empty if there are no more than 8. */
    Optional<DeepFile> fine() {
        if (deep == null) return Optional.empty();
        int channels = grey ? 1 : 3;
        int area = Math.multiplyExact(width, height);
        short[] colours = new short[Math.multiplyExact(area, channels)];
        short[] transparency = alpha ? new short[area] : DeepFile.OPAQUE;
        int[] row = new int[4 * width];
        for (int y = 0, i = 0; y < height; y++) {
            deep.read(y, row);
            for (int x = 0; x < width; x++, i++) {
                for (int c = 0; c < channels; c++) colours[i * channels + c] = (short) row[4 * x + c];
                if (alpha) transparency[i] = (short) row[4 * x + 3];
            }
        }
        return Optional.of(
                new DeepFile(new DeepPicture(width, height, channels, colours), transparency, PictureFile.NONE));
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

    /** The same without so many rows and columns at its borders. */
    Stored cropped(int top, int bottom, int left, int right) throws IOException {
        if ((top | bottom | left | right) == 0) return this;
        long across = (long) width - left - right, down = (long) height - top - bottom;
        if (Math.min(Math.min(top, bottom), Math.min(left, right)) < 0 || across < 1 || down < 1)
            throw new IOException("it is cropped to nothing");
        int[] whole = new int[width];
        Rows inner = (y, argb) -> {
            rows.read(y + top, whole);
            System.arraycopy(whole, left, argb, 0, argb.length);
        };
        return new Stored((int) across, (int) down, grey, alpha, inner);
    }

    /** The same as it is to be looked at, of an orientation from 1, upright, to 8. */
    Stored turned(int orientation) {
        if (orientation == 1) return this;
        PictureFile upright = Orientation.upright(apart(), orientation);
        Picture colours = upright.colours();
        Rows turned = (y, argb) -> {
            colours.stored().rows.read(y, argb);
            for (int x = 0; upright.hasAlpha() && x < argb.length; x++)
                argb[x] = argb[x] & CLEAR | upright.alpha()[y * argb.length + x] << 24;
        };
        return new Stored(colours.width(), colours.height(), grey, alpha, turned);
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
