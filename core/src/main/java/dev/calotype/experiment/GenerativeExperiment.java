package dev.calotype.experiment;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An experiment whose result draws images. */
public interface GenerativeExperiment extends Experiment {
    ConditionSettings condition();

    EvaluationSettings evaluation();

    /** How images are drawn where nobody says otherwise. */
    Sampling sampling();

    /**
     * How images are drawn where somebody asks for something: the rest is as usual.
     *
     * @param asked values by name, such as {@code steps} or {@code truncation}
     * @throws IllegalArgumentException if this model cannot be drawn so; says which value is wrong
     */
    Sampling sampling(Map<String, String> asked);

    @Override
    default Optional<GenerativeExperiment> generative() {
        return Optional.of(this);
    }

    @Override
    default List<String> classes() {
        return condition().classes();
    }

    /** Whether the network is told the class of an image. */
    default boolean labelled() {
        return condition().by() == ConditionSettings.By.LABEL;
    }

    /** The data set of real images that samples are judged against. */
    default String reference() {
        return evaluation().against().isEmpty() ? data().source() : evaluation().against();
    }

    /**
     * Refuses a judge that belongs to another data set, unless the recipe allows it.
     *
     * @throws dev.calotype.settings.RecipeException with the way out
     */
    default void requireOwnJudge() {
        Belonging.of(this).require(evaluation().foreignJudge());
    }

    @Override
    default void requireTrainable() {
        requireOwnJudge();
    }

    @Override
    GenerativeExperiment withClasses(List<String> classes);
}
