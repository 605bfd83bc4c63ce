package dev.calotype.image;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A picture with what its file holds beside the colours. Colours are those of {@link ImageFiles}, but alpha is kept
 * apart instead of being laid over white, and a file of greys stays grey.
 *
 * @param colours 8-bit grey or RGB
 * @param alpha {@code width * height} unsigned bytes, 0 for transparent; empty where everything is opaque
 * @param profile an ICC profile of the kind of the colours; empty for sRGB
 */
public record PictureFile(Picture colours, byte[] alpha, byte[] profile) {
    /** No alpha, or no profile. */
    static final byte[] NONE = {};

    public PictureFile {
        if (alpha.length > 0 && alpha.length != (long) colours.width() * colours.height())
            throw new IllegalArgumentException(
                    alpha.length + " bytes of alpha do not fill " + colours.width() + " x " + colours.height());
    }

    /** An opaque picture in sRGB. */
    public static PictureFile of(Picture colours) {
        return new PictureFile(colours, NONE, NONE);
    }

    /**
     * Reads a file of at most {@link ImageFiles#MAX_PIXELS} pixels and 512 MiB. A profile that is damaged, or of other
     * colours than the picture now has, as that of CMYK is, is left out.
     *
     * @throws IOException if the file is absent, unknown, damaged or too large
     */
    public static PictureFile read(Path file) throws IOException {
        return ImageFiles.of(file, PictureFile::decode);
    }

    /** {@link #read} of the content of a file. */
    public static PictureFile decode(byte[] bytes) throws IOException {
        return ImageFiles.withinHeap(() -> decoded(bytes));
    }

    private static PictureFile decoded(byte[] bytes) throws IOException {
        PictureFile file = ImageFiles.read(bytes, Samples.apart(), ImageFiles.MAX_PIXELS);
        byte[] profile = Profiles.of(bytes);
        PictureFile whole = Profiles.fits(profile, file.colours.channels())
                ? new PictureFile(file.colours, file.alpha, profile)
                : file;
        return Orientation.upright(whole, Orientation.of(bytes));
    }

    /** Other colours of the same size with the same alpha and profile. */
    public PictureFile with(Picture other) {
        return new PictureFile(other, alpha, Profiles.fits(profile, other.channels()) ? profile : NONE);
    }

    /** The same colours and profile without alpha. */
    public PictureFile opaque() {
        return new PictureFile(colours, NONE, profile);
    }

    /** Whether anything may be seen through. */
    public boolean hasAlpha() {
        return alpha.length > 0;
    }

    /**
     * Writes a PNG file with alpha, profile and a text, over an older file of that name if there is one.
     *
     * @param text keys of 1 to 79 Latin-1 characters to values of any characters
     * @throws IOException if the folder is absent or not writable; there is then no new file
     */
    public void write(Path file, Map<String, String> text) throws IOException {
        AtomicFile.write(file, PngFile.encode(this, text));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PictureFile f
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
        return "PictureFile[" + colours + (hasAlpha() ? ", alpha" : "")
                + (profile.length > 0 ? ", profile of " + profile.length + " bytes" : "") + "]";
    }
}
