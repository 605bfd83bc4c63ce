package dev.calotype.train.adapt;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the names of weights have in common: whole parts of the name between dots, such as {@code attention} or {@code down.0}; {@code *}
 * stands for anything.
 */
record NamePattern(String text) {
    NamePattern {
        if (text.isBlank())
            throw new IllegalArgumentException("a pattern of weights must not be empty: '" + text + "'");
    }

    boolean matches(String name) {
        String inner = Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return name.matches("(.*\\.)?" + inner + "(\\..*)?");
    }
}
