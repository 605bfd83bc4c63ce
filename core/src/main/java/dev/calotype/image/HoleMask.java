package dev.calotype.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Which pixels of a picture are missing, as a file says it: a mask in black and white, or the picture with a transparent
 * hole, as painting programs write it. From 128 of 255 on a pixel counts as white, or as opaque.
 *
 * @param missing 1 channel: 255 where a pixel is missing, 0 where it is known
 * @param told what says so
 * @param count how many pixels are missing, fewer than all, and at least 1 unless they were looked for or the mask is one of many
 * @param soft how many pixels are neither black nor white, or neither opaque nor transparent: edges that were smoothed
 */
public record HoleMask(Picture missing, Told told, long count, long soft) {
    private static final double MOST = 0.5;
    private static final int MIDDLE = 128;
    private static final int GREY_TOLERANCE = 16; // what JPEG makes of a grey
    private static final int ALIKE = 16; // mean difference of a picture to what JPEG or a scribble makes of it

    /** What a file tells the missing pixels by. */
    public enum Told {
        /** Black and white. */
        SHADE,
        /** Transparency: what can be seen through is missing. */
        ALPHA,
        /** No file: it was found in the picture. */
        FOUND
    }

    /** The shade of what is missing in a mask of black and white. */
    public enum Shade {
        WHITE,
        BLACK
    }

    /**
     * Reads a mask for a picture.
     *
     * <p>A mask in greys that is equally opaque everywhere is read by its shade. One with transparent and opaque parts is
     * read by these if what is opaque is the picture itself, or nothing but the shade that is not missing.
     *
     * @param picture the picture, as {@link PictureFile} reads it
     * @throws IOException if the file is absent, unknown or damaged
     * @throws IllegalArgumentException if it is of another size than the picture, neither kind of mask, marks no pixel, or all
     */
    public static HoleMask read(Path file, Shade missing, Picture picture) throws IOException {
        return of(PictureFile.read(file), file, missing, picture);
    }

    private static HoleMask of(PictureFile mask, Path file, Shade missing, Picture picture) {
        Picture seen = mask.colours();
        if (seen.width() != picture.width() || seen.height() != picture.height())
            throw new IllegalArgumentException("the mask " + file + " has " + seen.width() + " x " + seen.height()
                    + " pixels, the picture " + picture.width() + " x " + picture.height() + ": they must be the same");
        boolean grey = isGrey(mask);
        if (!isPartlyTransparent(mask)) {
            if (grey) return byShade(Images.withChannels(seen, 1), missing, "the mask " + file);
            throw new IllegalArgumentException("the mask " + file + " is in colours: a mask is black and white, or the"
                    + " picture itself with a transparent hole");
        }
        if (isLike(mask, picture)) {
            if (missing == Shade.BLACK)
                throw new IllegalArgumentException(
                        "the mask " + file + " is the picture with a transparent hole: what is"
                                + " transparent is missing, not what is black");
            return byAlpha(mask, "the mask " + file);
        }
        if (grey && showsOnlyKnown(mask, missing)) return byAlpha(mask, "the mask " + file);
        throw new IllegalArgumentException(
                "the mask " + file + " has transparent parts and is not the picture: it does not"
                        + " tell whether transparency or colour counts; save it in black and white without transparency");
    }

    /**
     * Reads a mask for a picture of which nobody need have said what in it is missing: white, if that is not most of the picture.
     *
     * @param missing null where nobody said it
     * @throws IOException if the file is absent, unknown or damaged
     * @throws IllegalArgumentException as {@link #read}, and where it must be said
     */
    public static HoleMask readUnlessDoubtful(Path file, Shade missing, Picture picture) throws IOException {
        return unlessDoubtful(PictureFile.read(file), file, missing, picture);
    }

    private static HoleMask unlessDoubtful(PictureFile mask, Path file, Shade missing, Picture picture) {
        HoleMask hole = of(mask, file, missing == null ? Shade.WHITE : missing, picture);
        if (missing == null && hole.told() == Told.SHADE && hole.share() > MOST)
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the mask %s marks most of the picture as missing if white is missing, %.1f %%: say `missing`"
                            + " white if that is so, or `missing` black if black is missing, as in the masks that were"
                            + " published with Deep Image Prior",
                    file,
                    100 * hole.share()));
        return hole;
    }

    /**
     * {@link #readUnlessDoubtful} of one of many masks: one that is nothing but the shade of what is known marks nothing.
     *
     * @throws IOException as {@link #read}
     */
    public static HoleMask readOfMany(Path file, Shade missing, Picture picture) throws IOException {
        PictureFile mask = PictureFile.read(file);
        Picture seen = mask.colours();
        byte known = (byte) (missing == Shade.BLACK ? 255 : 0);
        boolean empty = seen.width() == picture.width() && seen.height() == picture.height();
        for (int i = 0; empty && i < seen.pixels().length; i++) empty = seen.pixels()[i] == known;
        if (!empty || isPartlyTransparent(mask)) return unlessDoubtful(mask, file, missing, picture);
        byte[] none = new byte[seen.width() * seen.height()];
        return new HoleMask(new Picture(seen.width(), seen.height(), 1, none), Told.SHADE, 0, 0);
    }

    /**
     * The hole that a picture has in its own alpha, less than half opaque; empty if it has none.
     *
     * @throws IllegalArgumentException if all of it is transparent
     */
    public static Optional<HoleMask> ofAlpha(PictureFile picture) {
        int count = 0;
        for (byte alpha : picture.alpha()) if ((alpha & 0xFF) < MIDDLE) count++;
        return count == 0 ? Optional.empty() : Optional.of(byAlpha(picture, "the picture"));
    }

    /**
     * What was found in a picture, which may be nothing.
     *
     * @param missing 1 channel: 255 where a pixel is damaged, else 0
     */
    public static HoleMask found(Picture missing) {
        int count = 0;
        for (byte pixel : missing.pixels()) if (pixel != 0) count++;
        return new HoleMask(missing, Told.FOUND, count, 0);
    }

    /** The part of the pixels that is missing, below 1; 0 where nothing was found. */
    public double share() {
        return count / (double) missing.pixels().length;
    }

    /** One line: {@code 150 of 2240 pixels are missing (6.7 %), those that are transparent}. */
    @Override
    public String toString() {
        String line = String.format(
                Locale.ROOT,
                "%d of %d pixels are missing (%.1f %%)%s",
                count,
                missing.pixels().length,
                100 * share(),
                switch (told) {
                    case SHADE -> "";
                    case ALPHA -> ", those that are transparent";
                    case FOUND -> ", those that look like scratches or dust";
                });
        String ends = told == Told.ALPHA ? "opaque and transparent" : "black and white";
        return soft == 0 ? line : line + "; " + soft + " are between " + ends + ", and are cut at the half";
    }

    private static HoleMask byShade(Picture mask, Shade missing, String name) {
        return of(mask, missing == Shade.WHITE, Told.SHADE, name, missing.name().toLowerCase(Locale.ROOT));
    }

    private static HoleMask byAlpha(PictureFile file, String name) {
        Picture alpha = new Picture(file.colours().width(), file.colours().height(), 1, file.alpha());
        return of(alpha, false, Told.ALPHA, name, "transparent");
    }

    private static HoleMask of(Picture values, boolean highIsMissing, Told told, String name, String word) {
        byte[] missing = new byte[values.pixels().length];
        int count = 0, soft = 0, least = 255, most = 0;
        for (int i = 0; i < missing.length; i++) {
            int value = values.pixels()[i] & 0xFF;
            if (value >= MIDDLE == highIsMissing) {
                missing[i] = (byte) 255;
                count++;
            }
            if (value > 0 && value < 255) soft++;
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (count == 0)
            throw new IllegalArgumentException(name + " marks no pixel as missing: what is " + word
                    + " in it is missing, and its values are " + least + " to " + most + " of 255");
        if (count == missing.length)
            throw new IllegalArgumentException(
                    name + " marks every pixel as missing (all is " + word + "): nothing is left to restore from");
        return new HoleMask(new Picture(values.width(), values.height(), 1, missing), told, count, soft);
    }

    private static boolean isPartlyTransparent(PictureFile mask) {
        for (byte alpha : mask.alpha()) if (alpha != mask.alpha()[0]) return true;
        return false;
    }

    private static boolean isVisible(PictureFile mask, int pixel) {
        return !mask.hasAlpha() || (mask.alpha()[pixel] & 0xFF) >= MIDDLE;
    }

    /** Whether what can be seen of it has no colour. */
    private static boolean isGrey(PictureFile mask) {
        Picture seen = mask.colours();
        boolean whole = !isPartlyTransparent(mask);
        for (int i = 0; seen.channels() == 3 && i < seen.pixels().length; i += 3) {
            if (!whole && !isVisible(mask, i / 3)) continue;
            int red = seen.pixels()[i] & 0xFF, green = seen.pixels()[i + 1] & 0xFF, blue = seen.pixels()[i + 2] & 0xFF;
            int most = Math.max(red, Math.max(green, blue)), least = Math.min(red, Math.min(green, blue));
            if (most - least > GREY_TOLERANCE) return false;
        }
        return true;
    }

    /** Whether what can be seen of it is the picture, but for losses. */
    private static boolean isLike(PictureFile mask, Picture picture) {
        byte[] seen = Images.withChannels(mask.colours(), 3).pixels();
        byte[] given = Images.withChannels(picture, 3).pixels();
        long difference = 0, count = 0;
        for (int i = 0; i < seen.length; i++) {
            if (!isVisible(mask, i / 3)) continue;
            difference += Math.abs((seen[i] & 0xFF) - (given[i] & 0xFF));
            count++;
        }
        return count > 0 && difference <= ALIKE * count;
    }

    private static boolean showsOnlyKnown(PictureFile mask, Shade missing) {
        byte[] shades = Images.withChannels(mask.colours(), 1).pixels();
        for (int i = 0; i < shades.length; i++)
            if (isVisible(mask, i) && (shades[i] & 0xFF) >= MIDDLE == (missing == Shade.WHITE)) return false;
        return true;
    }
}
