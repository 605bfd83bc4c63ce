package dev.calotype.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageReader;

/**
 * TIFF 6.0 and BigTIFF: the first page of a file. Ordinary files are left to the JDK's reader. A library unpacks the samples of
 * others; what they mean is told here, after what it
 * would allocate was compared with the size of the picture. It sees the tags that decide about samples alone.
 */
final class Tiff {
    private static final int SUBFILE = 254, WIDTH = 256, HEIGHT = 257, BITS = 258, COMPRESSION = 259, PHOTOMETRIC = 262;
    private static final int ORIENTATION = 274,
            SAMPLES = 277,
            TILE_WIDTH = 322,
            TILE_HEIGHT = 323,
            PLANAR = 284,
            ROWS = 278,
            SUB_DIRECTORIES = 330;
    private static final int INK_SET = 332, EXTRA_SAMPLES = 338, SAMPLE_FORMAT = 339, PROFILE = 34675, DNG = 50706;
    private static final int[][] EXTENTS = {{273, 279}, {324, 325}}; // offsets and byte counts of strips, of tiles
    private static final Set<Integer> DECISIVE = Set.of(
            WIDTH,
            HEIGHT,
            BITS,
            COMPRESSION,
            PHOTOMETRIC,
            266,
            273,
            SAMPLES,
            278,
            279,
            284,
            292,
            293,
            317,
            320,
            TILE_WIDTH,
            TILE_HEIGHT,
            324,
            325,
            INK_SET,
            EXTRA_SAMPLES,
            SAMPLE_FORMAT,
            529,
            530,
            531,
            532);
    private static final Map<Long, String> FOREIGN = Map.of(
            6L,
            "JPEG",
            7L,
            "JPEG",
            33003L,
            "JPEG 2000",
            34712L,
            "JPEG 2000",
            34887L,
            "LERC",
            34925L,
            "LZMA",
            50000L,
            "Zstandard",
            50001L,
            "WebP",
            50002L,
            "JPEG XL",
            52546L,
            "JPEG XL");
    private static final Set<Long> PACKINGS = Set.of(1L, 2L, 3L, 4L, 5L, 8L, 32773L, 32946L);
    private static final int MAX_PIXEL = 8; // bytes of a pixel in the largest picture
    static final int UNSIGNED = 1, FLOAT = 3;
    private static final int YCC = 6, LAB = 8;

    private Tiff() {}

    /** The bytes of the colour profile; empty if there is none. */
    static byte[] profile(byte[] bytes) throws IOException {
        return new TiffDirectory(bytes).bytes(PROFILE);
    }

    /** How the camera was held; 1 if the file does not say. */
    static int orientation(byte[] bytes) throws IOException {
        return bytes.length < 8 ? 1 : (int) new TiffDirectory(bytes).number(ORIENTATION, 1);
    }

    /** The bits of its first sample; 1 if the file does not say. */
    static int depth(byte[] bytes) throws IOException {
        return (int) Math.min(Long.SIZE, new TiffDirectory(bytes).number(BITS, 1));
    }

    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        TiffDirectory tags = new TiffDirectory(bytes);
        for (int[] extent : EXTENTS) tags.requireInside(extent[0], extent[1]);
        requireNoRaw(tags);
        requirePacking(tags.number(COMPRESSION, 1));
        long width = tags.number(WIDTH, 0), height = tags.number(HEIGHT, 0);
        ImageFiles.requireSize(width, height, maxPixels);
        int bits = bits(tags);
        int samples = (int) Math.min(tags.number(SAMPLES, 1), Short.MAX_VALUE);
        long pixel = Math.max(1, (long) samples * bits / 8);
        if (pixel > MAX_PIXEL) ImageFiles.requireSize(width * pixel, height, maxPixels * MAX_PIXEL);
        // A tile is allocated whole, whatever the picture's size.
        if (tags.has(TILE_WIDTH))
            ImageFiles.requireSize(
                    tags.number(TILE_WIDTH, 0) * Math.max(1, pixel / MAX_PIXEL),
                    tags.number(TILE_HEIGHT, 0),
                    maxPixels);
        TiffSamples meaning = TiffSamples.of(tags, bits, samples);
        if (tags.number(COMPRESSION, 1) == 1 && meaning.photometric() != YCC) requireWhole(tags, bits, samples);
        // The library gives all samples of a pixel that lie together if none is called alpha, else those before and
        // alpha.
        boolean apart = tags.number(PLANAR, 1) == 2 && meaning.alpha() > 0;
        byte[] decisive = tags.with(DECISIVE, EXTRA_SAMPLES, apart ? 2 : 0);
        boolean ordinary = meaning.isPlain() && !tags.isBig() && tags.number(PLANAR, 1) == 1;
        if (ordinary) return taking.image(ImageFiles.jdk(PictureKind.TIFF, decisive, maxPixels));
        return read(decisive, taking, meaning);
    }

    private static <T> T read(byte[] bytes, Samples.Taking<T> taking, TiffSamples meaning) throws IOException {
        ImageReader reader = Readers.ofAnyTiff();
        Readers.Warnings warnings = new Readers.Warnings();
        try (ByteStream stream = new ByteStream(bytes)) {
            reader.setInput(stream, false, true);
            reader.addIIOReadWarningListener(warnings);
            if (meaning.photometric() == YCC || meaning.photometric() == LAB) {
                var image = reader.read(0);
                warnings.requireNone();
                return taking.image(image);
            }
            Raster raster = reader.readRaster(0, null);
            warnings.requireNone();
            meaning.requireWithin(raster.getNumBands());
            return taking.stored(meaning.of(raster));
        } finally {
            reader.reset();
        }
    }

    /** Requires of samples that are not packed that each strip or tile has as many bytes as it needs. */
    private static void requireWhole(TiffDirectory tags, int bits, int samples) throws IOException {
        boolean tiled = tags.has(TILE_WIDTH);
        long height = tags.number(HEIGHT, 0);
        long rows = tiled ? tags.number(TILE_HEIGHT, 0) : Math.min(height, tags.number(ROWS, height));
        long columns = tags.number(tiled ? TILE_WIDTH : WIDTH, 0);
        long row = (columns * bits * (tags.number(PLANAR, 1) == 2 ? 1 : samples) + 7) / 8;
        long[] lengths = tags.numbers(EXTENTS[tiled ? 1 : 0][1]);
        if (rows < 1) throw new IOException("its strips have " + rows + " rows");
        long strips = (height + rows - 1) / rows;
        for (int i = 0; i < lengths.length; i++) {
            long left = tiled ? rows : Math.min(rows, height - i % strips * rows);
            if (lengths[i] < left * row)
                throw new IOException("a part of " + left + " rows has " + lengths[i] + " of " + left * row + " bytes");
        }
    }

    private static void requireNoRaw(TiffDirectory tags) throws IOException {
        boolean thumbnail = (tags.number(SUBFILE, 0) & 1) == 1 && tags.has(SUB_DIRECTORIES);
        if (tags.has(DNG) || thumbnail)
            throw new UnsupportedPictureException("it is a raw file of a camera: develop it to PNG or JPEG first");
    }

    private static void requirePacking(long packing) throws IOException {
        String name = FOREIGN.getOrDefault(packing, "method " + packing);
        if (!PACKINGS.contains(packing))
            throw new UnsupportedPictureException("its pixels are packed by " + name
                    + ", which is not read; by LZW, deflate," + " PackBits, CCITT or not at all they are");
    }

    private static int bits(TiffDirectory tags) throws IOException {
        long[] depths = tags.numbers(BITS);
        long bits = depths.length == 0 ? 1 : depths[0];
        long[] formats = tags.numbers(SAMPLE_FORMAT);
        long format = formats.length == 0 ? UNSIGNED : formats[0];
        for (long other : formats)
            if (other != format) throw new UnsupportedPictureException("samples of several kinds");
        if (format == 4) format = UNSIGNED; // undefined
        if (format != UNSIGNED && format != FLOAT)
            throw new UnsupportedPictureException(
                    (format == 2 ? "signed" : "complex") + " samples; unsigned ones and floating-point ones are read");
        String allowed = format == FLOAT ? "16, 32 or 64" : "1, 2, 4, 8, 16 or 32";
        for (long depth : depths.length == 0 ? new long[] {bits} : depths) {
            if (!List.of(allowed.split(", | or ")).contains(Long.toString(depth)))
                throw new UnsupportedPictureException("samples of " + depth + " bits, " + allowed + " are supported");
            if (depth != bits)
                throw new UnsupportedPictureException("samples of " + bits + " and of " + depth + " bits");
        }
        return (int) bits;
    }
}
