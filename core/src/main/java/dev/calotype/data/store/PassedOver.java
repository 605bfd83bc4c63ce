package dev.calotype.data.store;

/**
 * What a data set found and does not use, in one line.
 *
 * @param reason what these are, why they are not used, and where there is one the way out
 * @param count how many there are
 * @param example the name of the first of them; characters that control a terminal are replaced
 */
public record PassedOver(String reason, long count, String example) {
    public PassedOver {
        if (count < 1) throw new IllegalArgumentException("count must be at least 1: " + count);
        example = example.replaceAll("\\p{Cntrl}", "?");
    }
}
