package dev.calotype.experiment.offer;

import dev.calotype.image.Picture;
import java.nio.file.Path;

/**
 * A ControlNet and the picture by which it steers what is drawn: edges, depth, a pose, or whatever it was trained with.
 *
 * @param network its folder in diffusers' layout, or its file
 * @param picture stretched to what is drawn
 * @param scale by how much it acts: 1 as it was trained
 * @param from the part of the calls of the denoiser that pass before it acts, 0..1
 * @param to the part after which it acts no more, above {@code from}
 */
public record Control(Path network, Picture picture, double scale, double from, double to, Manner manner) {
    /** How it acts. */
    public enum Manner {
        /** On what is wanted and on what guidance leads away from alike. */
        STEERS,
        /**
         * On what is wanted alone, and weaker the finer the map, so that guidance leads towards the picture, whatever the text says or leaves
         * unsaid: diffusers' {@code guess_mode}.
         */
        GUESSES
    }

    /** One that steers. */
    public Control(Path network, Picture picture, double scale, double from, double to) {
        this(network, picture, scale, from, to, Manner.STEERS);
    }

    public Control {
        if (!(Math.abs(scale) <= 10)) throw new IllegalArgumentException("scale must be in -10..10: " + scale);
        if (!(from >= 0 && from < to && to <= 1))
            throw new IllegalArgumentException(
                    "from and to must be in 0..1, the first below the second: " + from + " and " + to);
    }

    /**
     * Whether it acts at a call of the denoiser.
     *
     * @param call how often the denoiser was called before, for whatever pictures
     * @param calls of it for one picture
     */
    public boolean acts(long call, int calls) {
        double begin = call % calls / (double) calls, end = (call % calls + 1) / (double) calls;
        return begin >= from && end <= to;
    }
}
