package dev.calotype.restoration;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.JpegQuality;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.Degradation;
import dev.calotype.restore.FeasibleSet;
import dev.calotype.restore.Identity;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Resampling;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What is wrong with a picture, as the person says who wants it restored. */
public sealed interface Damaged {
    /** Noise. */
    record Noisy() implements Damaged {}

    /**
     * Missing pixels.
     *
     * @param mask a picture of the same size
     * @param missing what in the mask is missing
     */
    record Incomplete(Path mask, Shade missing) implements Damaged {}

    /** Which side of mid-grey. */
    enum Shade {
        WHITE,
        BLACK
    }

    /**
     * Too few pixels.
     *
     * @param scale 2..16
     * @param filter by which it was reduced
     */
    record Small(int scale, Filter filter) implements Damaged {
        public Small {
            if (scale < 2 || scale > 16) throw new IllegalArgumentException("scale must be in 2..16: " + scale);
        }
    }

    /**
     * Blur.
     *
     * @param kernel in the text form of a {@link Degradation}, such as {@code blur:2} or {@code motion:15:30}
     */
    record Blurred(String kernel) implements Damaged {}

    /**
     * The blocks and rings of JPEG.
     *
     * @param quality 1..100; 0 for that of the file, which must then be a JPEG file
     */
    record Compressed(int quality) implements Damaged {
        public Compressed {
            if (quality < 0 || quality > 100)
                throw new IllegalArgumentException("quality must be in 1..100: " + quality);
        }
    }

    /** How many pixels of the answer there are for one of the picture, along a side. */
    default int enlargement() {
        return this instanceof Small small ? small.scale() : 1;
    }

    /** What is known of parts of a picture. */
    interface Parts {
        /** The operator for the part of {@code width} x {@code height} pixels at (left, top). */
        LinearOperator operator(int left, int top, int width, int height);

        /** What the pixels say for certain. */
        default FeasibleSet feasible() {
            return FeasibleSet.ALL;
        }

        /** The standard deviation of the noise, in units of [-1, 1]; NaN if it is not known. */
        default double sigma() {
            return Double.NaN;
        }
    }

    /**
     * Prepares for a picture.
     *
     * @param image its file
     * @throws IOException if a mask cannot be read
     * @throws IllegalArgumentException if it does not go with the picture; one sentence
     */
    default Parts on(Picture picture, Path image) throws IOException {
        if (this instanceof Incomplete incomplete) return masked(incomplete, picture);
        if (this instanceof Small small)
            return (left, top, width, height) -> new Resampling(small.scale(), small.filter());
        if (this instanceof Blurred blurred) {
            Degradation blur = Degradation.parse(blurred.kernel());
            if (!blur.noises().isEmpty())
                throw new IllegalArgumentException("--kernel must be a blur without noise: " + blurred.kernel());
            return (left, top, width, height) -> blur.operator(new LinearOperator.Size(height, width), Rng.of(0));
        }
        if (this instanceof Compressed compressed) return compressed(compressed, image);
        return (left, top, width, height) -> new Identity();
    }

    private static Parts compressed(Compressed compressed, Path image) throws IOException {
        int quality = compressed.quality() > 0 ? compressed.quality() : JpegQuality.of(image);
        if (quality == 0)
            throw new IllegalArgumentException(
                    image + " is not a JPEG file, so it does not tell the quality: --quality Q");
        JpegNoise noise = new JpegNoise(quality);
        return new Parts() {
            @Override
            public LinearOperator operator(int left, int top, int width, int height) {
                return new Identity();
            }

            @Override
            public FeasibleSet feasible() {
                return noise.feasible();
            }

            @Override
            public double sigma() {
                return noise.sigma();
            }
        };
    }

    private static Parts masked(Incomplete incomplete, Picture picture) throws IOException {
        Picture mask = ImageFiles.decode(incomplete.mask(), 1);
        if (mask.width() != picture.width() || mask.height() != picture.height())
            throw new IllegalArgumentException("the mask " + incomplete.mask() + " has " + mask.width() + " x "
                    + mask.height() + " pixels, the picture " + picture.width() + " x " + picture.height()
                    + ": they must be the same");
        int missing = 0;
        for (byte value : mask.pixels()) if (isMissing(value, incomplete.missing())) missing++;
        if (missing == 0)
            throw new IllegalArgumentException("the mask " + incomplete.mask() + " marks no pixel as missing: what is "
                    + incomplete.missing().name().toLowerCase(Locale.ROOT) + " in it is missing");
        if (missing == mask.pixels().length)
            throw new IllegalArgumentException(
                    "the mask " + incomplete.mask() + " marks every pixel as missing: nothing is left to restore from");
        return (left, top, width, height) -> {
            Picture part = Images.crop(mask, left, top, width, height);
            return incomplete.missing() == Shade.WHITE ? Masking.missing(part) : Masking.keeping(part);
        };
    }

    private static boolean isMissing(byte value, Shade missing) {
        return ((value & 0xFF) >= 128) == (missing == Shade.WHITE);
    }
}
