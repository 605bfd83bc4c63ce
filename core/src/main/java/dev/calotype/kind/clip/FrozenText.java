package dev.calotype.kind.clip;

import dev.calotype.settings.Check;

/**
 * A text encoder that others trained and that does not learn here.
 *
 * @param encoder a folder, an archive or the name of one; empty where the text encoder learns
 * @param hash of its weights, its vocabulary and the length that it reads, filled in when training begins
 * @param length values of its vectors, filled in when training begins
 */
public record FrozenText(String encoder, String hash, int length) {
    public FrozenText {
        Check.range("length", length, 0, 65_536);
    }

    /** Whether there is one. */
    boolean used() {
        return !encoder.isBlank();
    }
}
