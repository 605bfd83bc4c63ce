package dev.calotype.embedding;

/**
 * What an encoder is remembered by, where vectors of others do not compare with its own.
 *
 * @param hash {@link TextEncoder#hash}, by which recipes and files before 0.1.0 remember one
 * @param fingerprint {@link TextEncoder#fingerprint}
 */
public record Identity(String hash, String fingerprint) {
    /** Whether it is the one that is remembered so. */
    public boolean isKnownAs(String remembered) {
        return remembered.equals(fingerprint) || remembered.equals(hash);
    }

    /** What to remember it by: as before, or by all that makes its vectors where {@code before} is empty. */
    public String remembered(String before) {
        return before.isEmpty() ? fingerprint : before;
    }
}
