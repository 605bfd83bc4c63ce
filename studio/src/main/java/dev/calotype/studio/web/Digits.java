package dev.calotype.studio.web;

import dev.calotype.settings.Check;

/** Whole numbers in addresses. */
public final class Digits {
    private static final int SHOWN = 20;

    private Digits() {}

    /**
     * The number that {@code text} writes.
     *
     * @param most digits, at most 18
     * @param rule the sentence for what is no such number
     * @throws IllegalArgumentException with it
     */
    public static long number(String text, int most, String rule) {
        Check.that(text.matches("\\d{1," + most + "}"), rule, text.length() > SHOWN ? "..." : text);
        return Long.parseLong(text);
    }
}
