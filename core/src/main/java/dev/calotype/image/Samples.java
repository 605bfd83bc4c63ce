package dev.calotype.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Stored samples to pictures by the rule of {@link ImageFiles}. Reads rasters, never colours: Java's colour management
 * would bend the values of grey pictures.
 */
final class Samples {
    private Samples() {}

    /** What is made of what a reader yields. */
    interface Taking<T> {
        T image(BufferedImage image) throws IOException;

        /** RGB without alpha. */
        T rgb(Picture picture);

        T stored(Stored stored);
    }

    /** Grey (1) or RGB (3), alpha laid over white. */
    static Taking<Picture> flat(int channels) {
        return new Taking<>() {
            @Override
            public Picture image(BufferedImage image) throws IOException {
                Picture plain = plain(image, channels);
                return plain != null ? plain : stored(Samples.stored(image));
            }

            @Override
            public Picture rgb(Picture picture) {
                return Images.withChannels(picture, channels);
            }

            @Override
            public Picture stored(Stored stored) {
                return stored.flat(channels);
            }
        };
    }

    /** Grey where the file is grey, else RGB; alpha apart. */
    static Taking<PictureFile> apart() {
        return new Taking<>() {
            @Override
            public PictureFile image(BufferedImage image) throws IOException {
                Picture plain = plain(image, isGrey(image.getColorModel()) ? 1 : 3);
                return plain != null ? PictureFile.of(plain) : stored(Samples.stored(image));
            }

            @Override
            public PictureFile rgb(Picture picture) {
                return PictureFile.of(picture);
            }

            @Override
            public PictureFile stored(Stored stored) {
                return stored.apart();
            }
        };
    }

    /** {@link #apart} in 16 bits; empty for what has no more than 8. */
    static Taking<Optional<DeepFile>> deep() {
        return new Taking<>() {
            @Override
            public Optional<DeepFile> image(BufferedImage image) throws IOException {
                return stored(Samples.stored(image));
            }

            @Override
            public Optional<DeepFile> rgb(Picture picture) {
                return Optional.empty();
            }

            @Override
            public Optional<DeepFile> stored(Stored stored) {
                return stored.fine();
            }
        };
    }

    /** Grey, RGB or a palette, with alpha or without. */
    static Stored stored(BufferedImage image) throws IOException {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        Stored.Rows rows = rows(model, raster);
        boolean deep =
                !(model instanceof IndexColorModel) && raster.getSampleModel().getSampleSize(0) == Short.SIZE;
        return new Stored(
                raster.getWidth(),
                raster.getHeight(),
                isGrey(model),
                model.hasAlpha(),
                rows,
                deep ? deepRows(raster, model.hasAlpha()) : null);
    }

    private static Stored.DeepRows deepRows(Raster raster, boolean alpha) {
        int width = raster.getWidth(), bands = raster.getNumBands();
        int colours = alpha ? bands - 1 : bands;
        int[] row = new int[width * bands];
        return (y, samples) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) samples[4 * x + c] = row[x * bands + (colours == 1 ? 0 : c)];
                samples[4 * x + 3] = alpha ? row[x * bands + colours] : DeepPicture.MOST;
            }
        };
    }

    /** Inverted CMYK of 8 bits. */
    static Stored invertedCmyk(Raster raster) {
        int width = raster.getWidth();
        int[] row = new int[width * 4];
        Stored.Rows rows = (y, argb) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0, i = 0; x < width; x++, i += 4)
                argb[x] = pack(ink(row[i], row[i + 3]), ink(row[i + 1], row[i + 3]), ink(row[i + 2], row[i + 3]));
        };
        return new Stored(width, raster.getHeight(), false, false, rows);
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
        return new Picture(raster.getWidth(), raster.getHeight(), channels, bytes(raster, channels));
    }

    /** All samples in the order of the colour model; not copied where nothing else is in memory there. */
    private static byte[] bytes(Raster raster, int channels) {
        var layout = (PixelInterleavedSampleModel) raster.getSampleModel();
        int[] inOrder = IntStream.range(0, channels).toArray();
        boolean whole = raster.getDataBuffer() instanceof DataBufferByte
                && Arrays.equals(layout.getBandOffsets(), inOrder)
                && layout.getPixelStride() == channels
                && layout.getScanlineStride() == raster.getWidth() * channels
                && raster.getDataBuffer().getNumBanks() == 1
                && raster.getDataBuffer().getOffset() == 0
                && raster.getDataBuffer().getSize() == (long) raster.getWidth() * raster.getHeight() * channels
                && raster.getParent() == null;
        return whole
                ? ((DataBufferByte) raster.getDataBuffer()).getData()
                : (byte[]) raster.getDataElements(0, 0, raster.getWidth(), raster.getHeight(), null);
    }

    private static Stored.Rows rows(ColorModel model, Raster raster) throws IOException {
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
        int colours = model != null && model.hasAlpha() ? bands - 1 : bands;
        if (!isGreyOrRgb(model) || (colours != 1 && colours != 3))
            throw new IOException(bands + " samples per pixel are neither grey nor RGB");
        return componentRows(raster, max, colours);
    }

    private static Stored.Rows componentRows(Raster raster, int[] max, int colours) {
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

    private static Stored.Rows paletteRows(IndexColorModel palette, Raster raster) {
        int[] colours = new int[palette.getMapSize()];
        palette.getRGBs(colours);
        int width = raster.getWidth();
        return (y, argb) -> {
            raster.getPixels(0, y, width, 1, argb);
            for (int x = 0; x < width; x++) argb[x] = colours[argb[x]];
        };
    }

    static int luma(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }

    static int grey(int level) {
        return pack(level, level, level);
    }

    static int pack(int red, int green, int blue) {
        return 0xFF << 24 | red << 16 | green << 8 | blue;
    }

    static int ink(int inverted, int invertedBlack) {
        return (inverted * invertedBlack + 127) / 255;
    }

    static int toByte(int value, int max) {
        return max == 255 ? value : (value * 255 + max / 2) / max;
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
}
