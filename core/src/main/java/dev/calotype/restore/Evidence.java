package dev.calotype.restore;

/**
 * What a restoration's own measure says of it, without the truth: root mean squared errors in [-1, 1], which are estimates.
 *
 * @param before of the picture as it was seen; NaN if nothing could be measured
 * @param after of the restored picture; NaN if nothing could be measured
 * @param measure how they were found, as the end of a sentence
 */
public record Evidence(double before, double after, String measure) {
    /** Of a picture that leaves nothing to measure. */
    public static final Evidence NONE = new Evidence(Double.NaN, Double.NaN, "nothing could be measured");

    /** Whether the picture is shown to have become better. */
    public boolean isBetter() {
        return after < before;
    }

    /** Whether there is a measure at all. */
    public boolean isMeasured() {
        return !Double.isNaN(before) && !Double.isNaN(after);
    }
}
