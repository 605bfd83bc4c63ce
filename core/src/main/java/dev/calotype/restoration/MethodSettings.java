package dev.calotype.restoration;

import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.StoppingRule;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The settings of one kind of method, checked: what it wants, and what it does. */
interface MethodSettings {
    /** Of the pixels of a method that fits a network to all of them at once, in bounded memory. */
    long FITTED = 400_000;
    /** Of those of a method that is light, or that takes parts by itself. */
    long LIGHT = 4_000_000;

    /** What a method can want beside the picture. */
    enum Want {
        PRIOR,
        DNCNN,
        DENOISER;

        /** What it is given by. */
        String option() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How long an answer takes. */
    enum Effort {
        /** Seconds, and equal questions have equal answers: it can be rehearsed. */
        QUICK,
        /** Minutes. */
        LONG
    }

    /**
     * The restorer for one observation.
     *
     * @throws IOException if weights cannot be read
     * @throws IllegalArgumentException if the equipment lacks something
     */
    Restorer restorer(Equipment equipment, Observation observation) throws IOException;

    /** Other rules that are to say what they would have answered in the same fit. */
    default Map<String, StoppingRule> jury(Observation observation) {
        return Map.of();
    }

    /** What of the equipment decides about its results. */
    default Set<Want> wants() {
        return Set.of();
    }

    /** How many pixels it takes at once in bounded memory. */
    default long pixelsAtOnce() {
        return FITTED;
    }

    default Effort effort() {
        return Effort.LONG;
    }
}
