package dev.calotype.judge;

import java.util.Locale;

/** What can be wrong with a picture that should be a room; the judge says of each how much, from 0 to 1. */
public enum Flaw {
    /** Noise, white or smooth. */
    NOISE,
    /** Lost sharpness. */
    BLUR,
    /** The squares of JPEG, large pixels, a lattice. */
    BLOCKS,
    /** Colours that no room has: channels exchanged, inverted, turned, too many or too few. */
    COLOURS,
    /** Parts that are not where they belong: exchanged patches, melted shapes, a room that stands on its head. */
    DISORDER,
    /** Several rooms in one picture. */
    MIXTURE,
    /** Nothing of a room. */
    STRANGENESS;

    /** Lower case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
