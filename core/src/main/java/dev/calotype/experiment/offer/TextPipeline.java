package dev.calotype.experiment.offer;

import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** An opened text-to-image pipeline, which reads its weights when it draws. */
public interface TextPipeline {
    /**
     * Which pictures are drawn. Picture i is the same however many are drawn.
     *
     * @param sampling what is asked for otherwise than {@link #sampling} has it, by the names that models of the same kind take
     * @param width pixels of what is drawn; of a given picture, to which it is resized, with whatever sides
     * @param height pixels
     * @param given the picture to begin with, if any
     * @param controls what steers besides the text
     */
    record Wishes(
            Prompt prompt,
            Map<String, String> sampling,
            long seed,
            int width,
            int height,
            Optional<GivenPicture> given,
            List<Control> controls) {
        public Wishes {
            sampling = Map.copyOf(sampling);
            controls = List.copyOf(controls);
        }

        /** What must be equal of wishes whose pictures are drawn at once. */
        public Object manner() {
            return List.of(
                    sampling,
                    width,
                    height,
                    given.map(GivenPicture::strength),
                    given.flatMap(GivenPicture::hole).isPresent(),
                    controls);
        }

        /** Steered by the text alone. */
        public Wishes(
                Prompt prompt,
                Map<String, String> sampling,
                long seed,
                int width,
                int height,
                Optional<GivenPicture> given) {
            this(prompt, sampling, seed, width, height, given, List.of());
        }
    }

    /**
     * One picture of several, which may be of several wishes.
     *
     * @param index its number among those of its wishes, 0..{@link Integer#MAX_VALUE}
     */
    record Wanted(Wishes wishes, long index) {
        public Wanted {
            Check.range("index", index, 0, Integer.MAX_VALUE);
        }

        /** The first {@code count} pictures of some wishes, 1..4096. */
        public static List<Wanted> first(Wishes wishes, int count) {
            Check.range("n", count, 1, 4096);
            List<Wanted> wanted = new ArrayList<>();
            for (int i = 0; i < count; i++) wanted.add(new Wanted(wishes, i));
            return wanted;
        }
    }

    /** Told of pictures while they come about, by the thread that draws; what it throws ends the drawing. */
    interface Watcher extends Progress {
        /**
         * Some pictures came one step further; by default nobody looks.
         *
         * @param first the place of the first of them among those that are wanted; the others follow it
         * @param count how many these are
         * @param done steps so far, at least 1
         * @param steps in all
         * @param predicted the pictures as they would become, made when they are asked for
         */
        default void step(int first, int count, int done, int steps, Supplier<List<Picture>> predicted) {}

        /** Looks at no picture before it is done. */
        static Watcher of(Progress progress) {
            return progress::at;
        }
    }

    /** A picture that was drawn, and what is to be said of it. */
    record Painted(Picture picture, List<String> notes) {
        public Painted {
            notes = List.copyOf(notes);
        }
    }

    /** What was drawn, and what is to be said of it. */
    record Drawn(List<Picture> pictures, List<String> notes) {
        public Drawn {
            pictures = List.copyOf(pictures);
            notes = List.copyOf(notes);
        }

        /** Some pictures, and all that is to be said of them once. */
        public static Drawn of(List<Painted> painted) {
            return new Drawn(
                    painted.stream().map(Painted::picture).toList(),
                    painted.stream()
                            .flatMap(one -> one.notes().stream())
                            .distinct()
                            .toList());
        }
    }

    /** The class of the pipeline. */
    String type();

    /** What is not honoured of the pipeline's settings, a sentence each. */
    List<String> notes();

    /** The sides of a picture where nobody says otherwise, width and height in pixels. */
    int[] size();

    /** The sides that a given picture is drawn with where nobody says otherwise: its own, or smaller ones if these are very many. */
    int[] size(Picture given);

    /** Throws IllegalArgumentException that names the nearest sides if the denoiser cannot take these. */
    void requireSize(int width, int height);

    /**
     * How pictures are drawn with what is asked for, for people.
     *
     * @throws IllegalArgumentException if it cannot be asked for
     */
    String sampling(Map<String, String> asked);

    /**
     * Checks that {@link #draw} takes such wishes, without weights.
     *
     * @throws IllegalArgumentException in one sentence if it does not
     */
    void require(Wishes wishes);

    /**
     * Draws pictures, side by side as far as {@link #together} says, each as it is drawn alone.
     *
     * @param wanted at least one, all in the same {@link Wishes#manner}
     * @return as many, in the same order
     * @throws IOException if weights cannot be read, or are not those of the settings
     * @throws IllegalArgumentException if a wish is none of this pipeline's
     */
    List<Painted> draw(List<Wanted> wanted, Placement placement, Watcher watcher) throws IOException;

    /**
     * Draws the first pictures of some wishes.
     *
     * @param count 1..4096
     * @throws IOException as the other
     * @throws IllegalArgumentException as the other
     */
    default Drawn draw(Wishes wishes, int count, Placement placement, Progress progress) throws IOException {
        return Drawn.of(draw(Wanted.first(wishes, count), placement, Watcher.of(progress)));
    }

    /** How many pictures of such wishes, which {@link #require} takes, are drawn side by side at most. */
    default int together(Wishes wishes, Placement placement) {
        return 1;
    }

    /**
     * How {@link #vary} draws with what is asked for, for people.
     *
     * @throws IllegalArgumentException if it cannot be asked for
     */
    default String varying(Map<String, String> asked) {
        return sampling(asked);
    }

    /**
     * Draws pictures that show what another shows, as far as an encoder sees it.
     *
     * @param wishes of which the text is empty, and no picture is drawn from
     * @throws IOException as {@link #draw}
     * @throws IllegalArgumentException as {@link #draw}, or if the pipeline is not told of pictures
     */
    default Drawn vary(Picture picture, Wishes wishes, int count, Placement placement, Progress progress)
            throws IOException {
        throw new IllegalArgumentException("variations are drawn by pipelines that are told the vector of a picture,"
                + " Karlo and Kandinsky, and this is a " + type());
    }
}
