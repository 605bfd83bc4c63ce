package dev.calotype.settings;

/** Range checks whose message carries name, range and value. */
public final class Check {
    private Check() {}

    public static void range(String name, double value, double low, double high) {
        that(value >= low && value <= high, name + " must be in " + number(low) + ".." + number(high), number(value));
    }

    public static void that(boolean holds, String rule, Object value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
