package dev.calotype.nn;

/** What the numbers of a network's shape may be. */
public final class Bounds {
    private Bounds() {}

    /** @throws IllegalArgumentException unless {@code value} is in {@code least..most} */
    public static void within(String name, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(name + " must be in " + least + ".." + most + ": " + value);
    }
}
