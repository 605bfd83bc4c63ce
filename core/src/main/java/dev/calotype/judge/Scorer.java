package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How one {@link Measure} is computed, what its numbers are called, and how they are told. */
interface Scorer {
    /** What a measure has to be given. */
    enum Need {
        /** Features of both sides. */
        FEATURES,
        /** Features of single pictures of both sides, of which statistics alone do not tell. */
        SINGLES,
        /** The same of the generated side. */
        GENERATED_SINGLES,
        /** A network that tells where something is. */
        SPATIAL,
        /** At least as many pictures as there are features. */
        RANK,
        /** A network that is a classifier, and its answers to the generated pictures. */
        CLASSES,
        /** Which attributes or classes the pictures show. */
        MODES,
        /** The generated pictures themselves. */
        PIXELS,
        /** Pictures of the same name on both sides. */
        PAIRS
    }

    /** What it has to be given. */
    Set<Need> needs();

    /**
     * Refuses too few generated pictures before any is drawn, where it wants more than any measure does.
     *
     * @throws IllegalArgumentException with the reason
     */
    default void requireEnough(long generated) {}

    /** What it finds between two sides; {@link Scores#NONE} where this network cannot tell. */
    default Scores score(Sight sight) {
        return Scores.NONE;
    }

    /** What compares pair after pair, for a measure that needs {@link Need#PAIRS}. */
    default PairTally tally(Judge.Plan plan) {
        throw new IllegalStateException("not a measure of pairs");
    }

    /** The numbers by which models are compared in tables. */
    default List<Score> columns() {
        return List.of();
    }

    /** What was found, in a sentence without an end; empty where nothing was. */
    String words(Scores scores);

    /** What was found, by headings, for a page about one model; none where nothing was. */
    default Map<String, String> facts(Scores scores) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Score column : columns())
            if (column.of(scores) != null)
                facts.put(column.heading(), format("%.4g%s", column.of(scores), column.hint()));
        return facts;
    }

    /** Text in no country's form. */
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
