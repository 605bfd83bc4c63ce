package dev.calotype.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What the samples of a TIFF file mean (TIFF 6.0, sections 3 to 8, 16 and 18): a kind of colours, then samples beside them.
 * Of these, one is alpha if the file says so; others, such as near infrared, are left out.
 *
 * @param photometric the number of the kind of colours
 * @param samples per pixel
 * @param alpha which of them is alpha; 0 for none
 * @param associated whether the colours are multiplied by it
 * @param max what is full brightness; 1 where the samples are floating-point
 * @param real whether they are floating-point
 * @param palette the colours as 0xFFRRGGBB, if that is their kind
 */
record TiffSamples(
        int photometric, int samples, int alpha, boolean associated, double max, boolean real, int[] palette) {
    private static final int PHOTOMETRIC = 262, MAP = 320, INK_SET = 332, EXTRA_SAMPLES = 338, SAMPLE_FORMAT = 339;
    private static final int WHITE_IS_ZERO = 0, GREY = 1, RGB = 2, PALETTE = 3, CMYK = 5, YCC = 6, LAB = 8;
    private static final int ASSOCIATED = 1, UNASSOCIATED = 2;
    private static final List<Integer> RAW = List.of(32803, 34892);

    static TiffSamples of(TiffDirectory tags, int bits, int samples) throws IOException {
        int photometric = (int) tags.number(PHOTOMETRIC, -1);
        boolean real = tags.number(SAMPLE_FORMAT, Tiff.UNSIGNED) == Tiff.FLOAT;
        if (RAW.contains(photometric))
            throw new UnsupportedPictureException("it is a raw file of a camera: develop it to PNG or JPEG first");
        int colours = colours(photometric);
        if (samples < colours) throw new IOException(samples + " samples per pixel for " + colours + " colours");
        if (photometric == CMYK && tags.number(INK_SET, 1) != 1)
            throw new UnsupportedPictureException("inks that are not CMYK");
        if ((photometric == YCC || photometric == LAB) && (samples > 3 || bits != 8))
            throw new UnsupportedPictureException(
                    samples + " samples of " + bits + " bits of YCbCr or CIE L*a*b*, 3 of 8 are supported");
        if (photometric == PALETTE && (bits > 16 || real || samples > 1))
            throw new UnsupportedPictureException("a palette for " + samples + " samples of " + bits + " bits");
        int alpha = 0;
        long[] extra = tags.numbers(EXTRA_SAMPLES);
        for (int i = 0; i < Math.min(extra.length, samples - colours) && alpha == 0; i++)
            if (extra[i] == ASSOCIATED || extra[i] == UNASSOCIATED) alpha = colours + i;
        boolean associated = alpha > 0 && extra[alpha - colours] == ASSOCIATED;
        double max = real ? 1 : Math.pow(2, bits) - 1;
        int[] palette = photometric == PALETTE ? palette(tags.numbers(MAP), 1 << bits) : new int[0];
        return new TiffSamples(photometric, samples, alpha, associated, max, real, palette);
    }

    private static int colours(int photometric) throws IOException {
        return switch (photometric) {
            case WHITE_IS_ZERO, GREY, PALETTE -> 1;
            case RGB, YCC, LAB -> 3;
            case CMYK -> 4;
            default ->
                throw new UnsupportedPictureException("colours of kind " + photometric
                        + ", grey, RGB, palettes, CMYK, YCbCr and CIE L*a*b* are supported");
        };
    }

    /** Requires that the colours and alpha are among so many samples of a pixel. */
    void requireWithin(int bands) throws IOException {
        if (bands < colours(photometric) || bands <= alpha)
            throw new UnsupportedPictureException(
                    bands + " of " + samples + " samples per pixel can be had, the others lie in planes of their own");
    }

    /** Whether they are grey or RGB of 8 bits and nothing else. */
    boolean isPlain() {
        boolean colours = photometric == GREY && samples == 1 || photometric == RGB && samples == 3;
        return colours && max == 255 && !real;
    }

    /** The picture of a raster of such samples. */
    Stored of(Raster raster) throws IOException {
        if (real) requireUnit(raster);
        int width = raster.getWidth(), bands = raster.getNumBands();
        double[] row = new double[width * bands];
        Stored.Rows rows = (y, argb) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) argb[x] = argb(row, x * bands);
        };
        boolean grey = photometric == WHITE_IS_ZERO
                || photometric == GREY
                || photometric == PALETTE && Arrays.stream(palette).allMatch(TiffSamples::isGrey);
        return new Stored(width, raster.getHeight(), grey, alpha > 0, rows, isDeep() ? deepRows(raster) : null);
    }

    /** Whether they have more than 8 bits, of colours that are not converted. */
    private boolean isDeep() {
        return (real || max > DeepPicture.MOST - 1)
                && (photometric == WHITE_IS_ZERO || photometric == GREY || photometric == RGB);
    }

    private Stored.DeepRows deepRows(Raster raster) {
        int width = raster.getWidth(), bands = raster.getNumBands();
        double[] row = new double[width * bands];
        return (y, samples) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                double opacity = alpha == 0 ? max : unsigned(row[x * bands + alpha]);
                double full = associated && opacity > 0 ? opacity : max;
                for (int c = 0; c < 3; c++) {
                    double value = unsigned(row[x * bands + (photometric == RGB ? c : 0)]);
                    double light = photometric == WHITE_IS_ZERO ? (associated ? opacity : max) - value : value;
                    samples[4 * x + c] = level(light, full, DeepPicture.MOST);
                }
                samples[4 * x + 3] = level(opacity, max, DeepPicture.MOST);
            }
        };
    }

    private int argb(double[] row, int at) {
        double opacity = alpha == 0 ? max : unsigned(row[at + alpha]);
        double full = associated && opacity > 0 ? opacity : max;
        int colours =
                switch (photometric) {
                    case WHITE_IS_ZERO ->
                        Samples.grey(level(associated ? opacity - unsigned(row[at]) : max - unsigned(row[at]), full));
                    case GREY -> Samples.grey(level(unsigned(row[at]), full));
                    case PALETTE -> palette[(int) row[at]];
                    case CMYK -> {
                        int black = 255 - level(unsigned(row[at + 3]), full);
                        yield Samples.pack(
                                ink(row[at], full, black),
                                ink(row[at + 1], full, black),
                                ink(row[at + 2], full, black));
                    }
                    default ->
                        Samples.pack(
                                level(unsigned(row[at]), full),
                                level(unsigned(row[at + 1]), full),
                                level(unsigned(row[at + 2]), full));
                };
        return level(opacity, max) << 24 | colours & 0xFFFFFF;
    }

    private int ink(double value, double full, int invertedBlack) {
        return Samples.ink(255 - level(unsigned(value), full), invertedBlack);
    }

    /** A raster gives 32 bits with a sign. */
    private double unsigned(double value) {
        return value < 0 && !real ? value + max + 1 : value;
    }

    /** In 0..255, rounded half up. */
    private static int level(double value, double full) {
        return level(value, full, 255);
    }

    private static int level(double value, double full, int most) {
        return (int) Math.max(0, Math.min(most, Math.floor(value * most / full + 0.5)));
    }

    /** What another range means cannot be told. */
    private void requireUnit(Raster raster) throws IOException {
        double[] row = new double[raster.getWidth() * raster.getNumBands()];
        double least = 0, most = 1;
        for (int y = 0; y < raster.getHeight(); y++)
            for (double value : raster.getPixels(0, y, raster.getWidth(), 1, row)) {
                if (Double.isNaN(value))
                    throw new UnsupportedPictureException("floating-point samples that are no numbers");
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        if (least < 0 || most > 1)
            throw new UnsupportedPictureException(
                    "floating-point samples of " + (float) least + " to " + (float) most + ", 0 to 1 are supported");
    }

    /** Reds, greens and blues of 16 bits; old programs wrote 8. */
    private static int[] palette(long[] map, int size) throws IOException {
        if (map.length < 3 * size)
            throw new IOException("its palette has " + map.length + " of " + 3 * size + " values");
        double full = Arrays.stream(map).allMatch(value -> value < 256) ? 255 : 65535;
        int[] palette = new int[size];
        for (int i = 0; i < size; i++)
            palette[i] = Samples.pack(level(map[i], full), level(map[size + i], full), level(map[2 * size + i], full));
        return palette;
    }

    private static boolean isGrey(int colour) {
        return (colour >> 16 & 0xFF) == (colour & 0xFF) && (colour >> 8 & 0xFF) == (colour & 0xFF);
    }
}
