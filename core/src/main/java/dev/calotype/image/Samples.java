package dev.calotype.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;

/**
 * Stored samples to pictures by the rule of {@link ImageFiles}. Reads rasters, never colours: Java's colour management
 * would bend the values of grey pictures.
 */
final class Samples {
    private Samples() {}

    /** Writes row {@code y} as 0xAARRGGBB, as it is stored. */
    private interface Rows {
        void read(int y, int[] argb);
    }

    /** What is made of what a reader yields. */
    interface Taking<T> {
        T image(BufferedImage image) throws IOException;

        /** RGB without alpha. */
        T rgb(Picture picture);

        /** Inverted CMYK of 8 bits. */
        T invertedCmyk(Raster raster);
    }

    /** Grey (1) or RGB (3), alpha laid over white. */
    static Taking<Picture> flat(int channels) {
        return new Taking<>() {
            @Override
            public Picture image(BufferedImage image) throws IOException {
                Picture plain = plain(image, channels);
                if (plain != null) return plain;
                Raster raster = image.getRaster();
                ColorModel model = image.getColorModel();
                Rows rows = rows(model, raster);
                return collect(raster, channels, onWhite(model, rows));
            }

            @Override
            public Picture rgb(Picture picture) {
                return Images.withChannels(picture, channels);
            }

            @Override
            public Picture invertedCmyk(Raster raster) {
                return collect(raster, channels, invertedCmykRows(raster));
            }
        };
    }

    /** Grey where the file is grey, else RGB; alpha apart. */
    static Taking<PictureFile> apart() {
        return new Taking<>() {
            @Override
            public PictureFile image(BufferedImage image) throws IOException {
                Raster raster = image.getRaster();
                ColorModel model = image.getColorModel();
                int channels = isGrey(model) ? 1 : 3;
                Picture plain = plain(image, channels);
                if (plain != null) return PictureFile.of(plain);
                Rows rows = rows(model, raster);
                Picture colours = collect(raster, channels, model.isAlphaPremultiplied() ? divided(rows) : rows);
                byte[] alpha = model.hasAlpha() ? alpha(raster, rows) : PictureFile.NONE;
                return new PictureFile(colours, alpha, PictureFile.NONE);
            }

            @Override
            public PictureFile rgb(Picture picture) {
                return PictureFile.of(picture);
            }

            @Override
            public PictureFile invertedCmyk(Raster raster) {
                return PictureFile.of(collect(raster, 3, invertedCmykRows(raster)));
            }
        };
    }

    private static Rows invertedCmykRows(Raster raster) {
        int width = raster.getWidth();
        int[] row = new int[width * 4];
        return (y, argb) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0, i = 0; x < width; x++, i += 4)
                argb[x] = pack(ink(row[i], row[i + 3]), ink(row[i + 1], row[i + 3]), ink(row[i + 2], row[i + 3]));
        };
    }

    private static Rows onWhite(ColorModel model, Rows rows) {
        if (!model.hasAlpha()) return rows;
        boolean premultiplied = model.isAlphaPremultiplied();
        return changed(rows, (v, a) -> premultiplied ? Math.min(255, v + 255 - a) : overWhite(v, a));
    }

    private static Rows divided(Rows rows) {
        return changed(rows, (v, a) -> a == 0 ? v : Math.min(255, (v * 255 + a / 2) / a));
    }

    /** Rows whose colours are changed by their alpha. */
    private static Rows changed(Rows rows, IntBinaryOperator change) {
        return (y, argb) -> {
            rows.read(y, argb);
            for (int x = 0; x < argb.length; x++) {
                int c = argb[x];
                int a = c >>> 24;
                int red = change.applyAsInt(c >> 16 & 0xFF, a);
                int green = change.applyAsInt(c >> 8 & 0xFF, a);
                argb[x] = a << 24 | pack(red, green, change.applyAsInt(c & 0xFF, a)) & 0xFFFFFF;
            }
        };
    }

    private static byte[] alpha(Raster raster, Rows rows) {
        int width = raster.getWidth();
        byte[] alpha = new byte[Math.multiplyExact(width, raster.getHeight())];
        int[] argb = new int[width];
        for (int y = 0, i = 0; y < raster.getHeight(); y++) {
            rows.read(y, argb);
            for (int c : argb) alpha[i++] = (byte) (c >>> 24);
        }
        return alpha;
    }

    /** The frequent case, 8-bit grey or RGB that stays what it is, or null. */
    private static Picture plain(BufferedImage image, int channels) {
        Raster raster = image.getRaster();
        boolean same = raster.getNumBands() == channels
                && raster.getTransferType() == DataBuffer.TYPE_BYTE
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel
                && image.getColorModel().getNumComponents() == channels
                && image.getColorModel().getComponentSize(0) == 8
                && !(image.getColorModel() instanceof IndexColorModel)
                && isGreyOrRgb(image.getColorModel());
        if (!same) return null;
        byte[] stored = (byte[]) raster.getDataElements(
                0, 0, raster.getWidth(), raster.getHeight(), null); // bands in the order of the colour model
        return new Picture(raster.getWidth(), raster.getHeight(), channels, stored);
    }

    private static Rows rows(ColorModel model, Raster raster) throws IOException {
        int bands = raster.getNumBands();
        if (model instanceof IndexColorModel palette && bands == 1) return paletteRows(palette, raster);
        int type = raster.getTransferType();
        if (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT && type != DataBuffer.TYPE_INT)
            throw new IOException("signed and floating-point samples are not supported");
        int[] max = new int[bands];
        for (int b = 0; b < bands; b++) {
            int bits = raster.getSampleModel().getSampleSize(b);
            if (bits > 16) throw new IOException("samples of " + bits + " bits, at most 16 are supported");
            max[b] = (1 << bits) - 1;
        }
        if (isCmyk(model) && bands == 4) return cmykRows(raster, max);
        int colours = model != null && model.hasAlpha() ? bands - 1 : bands;
        if (!isGreyOrRgb(model) || (colours != 1 && colours != 3))
            throw new IOException(bands + " samples per pixel are neither grey, RGB nor CMYK");
        return componentRows(raster, max, colours);
    }

    private static Rows componentRows(Raster raster, int[] max, int colours) {
        int width = raster.getWidth();
        int bands = max.length;
        int[] row = new int[width * bands];
        return (y, argb) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0, i = 0; x < width; x++, i += bands) {
                int packed = bands == colours ? 255 : toByte(row[i + colours], max[colours]);
                for (int c = 0; c < 3; c++) {
                    int b = colours == 1 ? 0 : c;
                    packed = packed << 8 | toByte(row[i + b], max[b]);
                }
                argb[x] = packed;
            }
        };
    }

    private static Rows cmykRows(Raster raster, int[] max) {
        int width = raster.getWidth();
        int[] row = new int[width * 4];
        return (y, argb) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0, i = 0; x < width; x++, i += 4) {
                int k = 255 - toByte(row[i + 3], max[3]);
                argb[x] = pack(
                        ink(255 - toByte(row[i], max[0]), k),
                        ink(255 - toByte(row[i + 1], max[1]), k),
                        ink(255 - toByte(row[i + 2], max[2]), k));
            }
        };
    }

    private static Rows paletteRows(IndexColorModel palette, Raster raster) {
        int[] colours = new int[palette.getMapSize()];
        palette.getRGBs(colours);
        int width = raster.getWidth();
        return (y, argb) -> {
            raster.getPixels(0, y, width, 1, argb);
            for (int x = 0; x < width; x++) argb[x] = colours[argb[x]];
        };
    }

    private static Picture collect(Raster raster, int channels, Rows rows) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        int[] argb = new int[width];
        for (int y = 0, i = 0; y < height; y++) {
            rows.read(y, argb);
            for (int c : argb) {
                if (channels == 1) {
                    pixels[i++] = (byte) luma(c >> 16 & 0xFF, c >> 8 & 0xFF, c & 0xFF);
                } else {
                    pixels[i++] = (byte) (c >> 16);
                    pixels[i++] = (byte) (c >> 8);
                    pixels[i++] = (byte) c;
                }
            }
        }
        return new Picture(width, height, channels, pixels);
    }

    static int luma(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }

    private static int pack(int red, int green, int blue) {
        return 0xFF << 24 | red << 16 | green << 8 | blue;
    }

    private static int ink(int inverted, int invertedBlack) {
        return (inverted * invertedBlack + 127) / 255;
    }

    private static int toByte(int value, int max) {
        return max == 255 ? value : (value * 255 + max / 2) / max;
    }

    private static int overWhite(int value, int alpha) {
        return alpha == 255 ? value : (value * alpha + 255 * (255 - alpha) + 127) / 255;
    }

    private static boolean isGrey(ColorModel model) {
        if (!(model instanceof IndexColorModel palette))
            return model != null && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        int[] colours = new int[palette.getMapSize()];
        palette.getRGBs(colours);
        return Arrays.stream(colours).allMatch(c -> (c >> 16 & 0xFF) == (c & 0xFF) && (c >> 8 & 0xFF) == (c & 0xFF));
    }

    private static boolean isGreyOrRgb(ColorModel model) {
        if (model == null) return false;
        int type = model.getColorSpace().getType();
        return type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB;
    }

    private static boolean isCmyk(ColorModel model) {
        return model != null && model.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
    }
}
