package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.Locale;
import java.util.function.Function;

/**
 * A number by which models are compared, as a column of a table.
 *
 * @param name in kebab case
 * @param title the head of its column
 * @param better which way is better
 * @param value the number among scores; null where it was not measured
 */
public record Score(String name, String title, Better better, Function<Scores, Double> value) {
    /** Which way is better. */
    public enum Better {
        LOWER,
        HIGHER,
        /** A cost or a fact, of which no best is marked. */
        NEITHER
    }

    /** The number that has the name {@code key} among scores. */
    static Score of(String name, String title, Better better, String key) {
        return new Score(name, title, better, scores -> scores.number(key));
    }

    /** Its value among scores; null where it was not measured. */
    public Double of(Scores scores) {
        return value.apply(scores);
    }

    /** The title at the beginning of a line. */
    public String heading() {
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    /** Which way is better, in brackets. */
    String hint() {
        return better == Better.NEITHER ? "" : " (" + better.name().toLowerCase(Locale.ROOT) + " is better)";
    }
}
