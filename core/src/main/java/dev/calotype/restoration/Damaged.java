package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.JpegQuality;
import dev.calotype.image.PictureFile;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restoration.scratch.Scratches;
import dev.calotype.restore.Degradation;
import dev.calotype.restore.FeasibleSet;
import dev.calotype.restore.Identity;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Noise;
import dev.calotype.restore.Resampling;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is wrong with a picture, as the person says who wants it restored. */
public sealed interface Damaged {
    /**
     * Prepares for a picture.
     *
     * @param image its file
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if it does not go with the picture; one sentence
     */
    Parts on(PictureFile picture, Path image) throws IOException;

    /**
     * Requires what must hold whatever the picture is, so that it is told before the first of many.
     *
     * @throws IOException if a file cannot be read
     */
    default void require() throws IOException {}

    /** The name of the task with its settings, in one line without files, such as {@code enlarge 4}. */
    String task();

    /** How many pixels of the answer there are for one of the picture, along a side. */
    default int enlargement() {
        return 1;
    }

    /** Files besides the picture that are read, and so never written over. */
    default List<Path> files() {
        return List.of();
    }

    /** The methods without training that come into question, by name; the first where nothing can be measured. */
    List<String> candidates();

    /** What is known of parts of a picture. */
    interface Parts {
        /** The operator for the part of {@code width} x {@code height} pixels at (left, top). */
        LinearOperator operator(int left, int top, int width, int height);

        /** The noise that came with the damage, where its kind is known. */
        default Optional<Noise> noise() {
            return Optional.empty();
        }

        /** Whether a picture of this kind has noise of which only the picture tells. */
        default boolean mayBeNoisy() {
            return true;
        }

        /** Which pixels are missing, where some are. */
        default Optional<HoleMask> hole() {
            return Optional.empty();
        }

        /** What the pixels say for certain. */
        default FeasibleSet feasible() {
            return noise().map(Noise::feasible).orElse(FeasibleSet.ALL);
        }
    }

    /** Noise. */
    record Noisy() implements Damaged {
        @Override
        public String task() {
            return "denoise";
        }

        @Override
        public Parts on(PictureFile picture, Path image) {
            return (left, top, width, height) -> new Identity();
        }

        @Override
        public List<String> candidates() {
            return List.of("dct", "tv");
        }
    }

    /** What is known where pixels are missing. */
    record Holes(HoleMask mask) implements Parts {
        @Override
        public LinearOperator operator(int left, int top, int width, int height) {
            return Masking.missing(Images.crop(mask.missing(), left, top, width, height));
        }

        @Override
        public Optional<HoleMask> hole() {
            return Optional.of(mask);
        }

        @Override
        public boolean mayBeNoisy() {
            return false;
        }
    }

    /** Scratches and dust, which are found in the picture and taken for missing. */
    record Scratched() implements Damaged {
        @Override
        public String task() {
            return "inpaint scratches";
        }

        @Override
        public Parts on(PictureFile picture, Path image) {
            return new Holes(HoleMask.found(Scratches.mask(picture.colours())));
        }

        @Override
        public List<String> candidates() {
            return List.of("tv");
        }
    }

    /**
     * Missing pixels.
     *
     * @param mask a file that marks them, a folder with a mask for each picture, of its name or with {@code .png} in the place of its end,
     *     where one that marks nothing leaves its picture as it is, or null for the hole in the alpha of the picture itself
     * @param missing what in a mask of black and white is missing, or null for white if that is not most of the picture
     */
    record Incomplete(Path mask, HoleMask.Shade missing) implements Damaged {
        @Override
        public String task() {
            return "inpaint";
        }

        @Override
        public Parts on(PictureFile picture, Path image) throws IOException {
            return new Holes(hole(picture, image));
        }

        @Override
        public void require() throws IOException {
            if (mask != null && !Files.isDirectory(mask)) PictureFile.read(mask);
        }

        /** That of a picture. */
        private Path mask(Path image) throws IOException {
            if (!Files.isDirectory(mask)) return mask;
            String name = image.getFileName().toString();
            Path same = mask.resolve(name), whole = mask.resolve(name + ".png");
            Path png = mask.resolve(name.replaceFirst("\\.[^.]*$", "") + ".png");
            for (Path file : List.of(same, whole, png)) if (Files.exists(file)) return file;
            throw new IOException("there is no mask of " + image + " in " + mask + ", by the name " + same.getFileName()
                    + (same.equals(png) ? "" : " or " + png.getFileName()));
        }

        private HoleMask hole(PictureFile picture, Path image) throws IOException {
            if (mask == null)
                return HoleMask.ofAlpha(picture)
                        .orElseThrow(() -> new IllegalArgumentException("say what is missing by `mask`: " + image
                                + " has no transparent hole that would tell it"));
            Path file = mask(image);
            return file.equals(mask)
                    ? HoleMask.readUnlessDoubtful(file, missing, picture.colours())
                    : HoleMask.readOfMany(file, missing, picture.colours());
        }

        @Override
        public List<Path> files() {
            return mask == null ? List.of() : List.of(mask);
        }

        @Override
        public List<String> candidates() {
            return List.of("tv");
        }
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

        @Override
        public String task() {
            return "enlarge " + scale;
        }

        @Override
        public Parts on(PictureFile picture, Path image) {
            return new Parts() {
                @Override
                public LinearOperator operator(int left, int top, int width, int height) {
                    return new Resampling(scale, filter);
                }

                @Override
                public boolean mayBeNoisy() {
                    return false;
                }
            };
        }

        @Override
        public int enlargement() {
            return scale;
        }

        @Override
        public List<String> candidates() {
            return List.of("tv", "pseudo-inverse");
        }
    }

    /**
     * Blur.
     *
     * @param kernel in the text form of a {@link Degradation}, such as {@code blur:2} or {@code motion:15:30}, several joined by +
     */
    record Blurred(String kernel) implements Damaged {
        public Blurred {
            for (String part : kernel.split("\\+", -1))
                Check.that(
                        part.strip().matches("(blur|motion)(:.*)?"),
                        "kernel must be a blur such as blur:2 or motion:15:30",
                        kernel);
            Degradation.parse(kernel);
        }

        @Override
        public String task() {
            return "deblur " + kernel;
        }

        @Override
        public Parts on(PictureFile picture, Path image) {
            Degradation blur = Degradation.parse(kernel);
            return (left, top, width, height) -> blur.operator(new LinearOperator.Size(height, width), Rng.of(0));
        }

        @Override
        public List<String> candidates() {
            return List.of("tv", "dct", "pseudo-inverse");
        }
    }

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

        @Override
        public String task() {
            return quality > 0 ? "jpeg " + quality : "jpeg";
        }

        @Override
        public Parts on(PictureFile picture, Path image) throws IOException {
            int known = quality > 0 ? quality : JpegQuality.of(image);
            if (known == 0)
                throw new IllegalArgumentException(
                        image + " is not a JPEG file, so it does not tell the quality: `quality`");
            JpegNoise noise = new JpegNoise(known);
            return new Parts() {
                @Override
                public LinearOperator operator(int left, int top, int width, int height) {
                    return new Identity();
                }

                @Override
                public Optional<Noise> noise() {
                    return Optional.of(noise);
                }
            };
        }

        @Override
        public List<String> candidates() {
            return List.of("dct", "tv");
        }
    }
}
