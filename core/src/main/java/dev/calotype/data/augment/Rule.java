package dev.calotype.data.augment;

/** What a value must be. */
final class Rule {
    private Rule() {}

    static void require(boolean holds, String rule, Object value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }
}
