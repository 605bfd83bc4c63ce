package dev.calotype.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a batch of images is to show, one entry per image; a network reads what it was built for and ignores the rest.
 *
 * @param labels class indices; empty if there are none
 * @param captions texts; empty if there are none
 */
public record Condition(int[] labels, List<String> captions) {
    /** Says nothing about the images. */
    public static final Condition NONE = new Condition(new int[0], List.of());

    public Condition {
        captions = List.copyOf(captions);
    }

    /** One class per image. */
    public static Condition ofLabels(int... labels) {
        return new Condition(labels, List.of());
    }

    /** This condition followed by {@code other}, for one call over both. */
    public Condition concat(Condition other) {
        int[] all = Arrays.copyOf(labels, labels.length + other.labels.length);
        System.arraycopy(other.labels, 0, all, labels.length, other.labels.length);
        List<String> texts = new ArrayList<>(captions);
        texts.addAll(other.captions);
        return new Condition(all, texts);
    }

    /** What this says of the images {@code from} to {@code to - 1}. */
    public Condition slice(int from, int to) {
        return new Condition(
                labels.length == 0 ? labels : Arrays.copyOfRange(labels, from, to),
                captions.isEmpty() ? captions : captions.subList(from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Condition c && Arrays.equals(labels, c.labels) && captions.equals(c.captions);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(labels) + captions.hashCode();
    }
}
