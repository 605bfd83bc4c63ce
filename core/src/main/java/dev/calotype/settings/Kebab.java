package dev.calotype.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Enum constants as people write them in recipes and on the command line: {@code FIXED_SMALL} as {@code fixed-small}. */
public final class Kebab {
    private Kebab() {}

    /** The written form of a constant. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The written forms, separated by commas. */
    public static String list(Enum<?>... constants) {
        return Arrays.stream(constants).map(Kebab::of).collect(Collectors.joining(", "));
    }

    /** The constant of a written form, or {@code null}. */
    public static <T extends Enum<T>> T parse(Class<T> type, String text) {
        for (T constant : type.getEnumConstants()) if (of(constant).equals(text)) return constant;
        return null;
    }
}
