package dev.calotype.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A picture of more than 8 bits per channel with what its file holds beside the colours: what {@link PictureFile} is for 8 bits.
 * PNG and TIFF files of 16 bits are kept to the bit; 32 bits and floating-point values of 0 to 1 are rounded to 16.
 *
 * @param colours 16-bit grey or RGB
 * @param alpha {@code width * height} unsigned shorts, 0 for transparent; empty where everything is opaque
 * @param profile an ICC profile of the kind of the colours; empty for none
 */
public record DeepFile(DeepPicture colours, short[] alpha, byte[] profile) {
    /** No alpha. */
    static final short[] OPAQUE = {};

    public DeepFile {
        if (alpha.length > 0 && alpha.length != (long) colours.width() * colours.height())
            throw new IllegalArgumentException(
                    alpha.length + " samples of alpha do not fill " + colours.width() + " x " + colours.height());
    }

    /**
     * Reads a file of at most {@link ImageFiles#MAX_PIXELS} pixels and 512 MiB; empty if it has 8 bits per channel or fewer, or
     * colours that are converted: a palette, CMYK.
     *
     * @throws IOException if the file is absent, unknown, damaged or too large
     */
    public static Optional<DeepFile> read(Path file) throws IOException {
        return ImageFiles.of(file, DeepFile::decode);
    }

    /** {@link #read} of the content of a file. */
    public static Optional<DeepFile> decode(byte[] bytes) throws IOException {
        PictureKind kind = ImageFiles.kind(bytes);
        boolean deep = kind == PictureKind.PNG && PngChunks.depth(bytes) == Short.SIZE
                || kind == PictureKind.TIFF && Tiff.depth(bytes) >= Short.SIZE;
        return deep ? ImageFiles.withinHeap(() -> deep(bytes)) : Optional.empty();
    }

    private static Optional<DeepFile> deep(byte[] bytes) throws IOException {
        Optional<DeepFile> file = ImageFiles.read(bytes, Samples.deep(), ImageFiles.MAX_PIXELS);
        byte[] profile = Profiles.of(bytes);
        return file.map(plain -> Orientation.upright(
                Profiles.fits(profile, plain.colours.channels())
                        ? new DeepFile(plain.colours, plain.alpha, profile)
                        : plain,
                Orientation.of(bytes)));
    }

    /** Whether anything may be seen through. */
    public boolean hasAlpha() {
        return alpha.length > 0;
    }

    /** The same in 8 bits. */
    public PictureFile coarse() {
        return new PictureFile(colours.coarse(), DeepPicture.coarse(alpha), profile);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeepFile f
                && colours.equals(f.colours)
                && Arrays.equals(alpha, f.alpha)
                && Arrays.equals(profile, f.profile);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * colours.hashCode() + Arrays.hashCode(alpha)) + Arrays.hashCode(profile);
    }

    @Override
    public String toString() {
        return "DeepFile[" + colours + (hasAlpha() ? ", alpha" : "")
                + (profile.length > 0 ? ", profile of " + profile.length + " bytes" : "") + "]";
    }
}
