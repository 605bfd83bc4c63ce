package dev.calotype.experiment.offer;

import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** What was drawn, and what is to be said of it. */
    record Drawn(List<Picture> pictures, List<String> notes) {
        public Drawn {
            pictures = List.copyOf(pictures);
            notes = List.copyOf(notes);
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
     * Draws pictures, one after the other.
     *
     * @param count 1..4096
     * @throws IOException if weights cannot be read, or are not those of the settings
     * @throws IllegalArgumentException if a wish is none of this pipeline's
     */
    Drawn draw(Wishes wishes, int count, Placement placement, Progress progress) throws IOException;

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
