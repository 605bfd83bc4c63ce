package dev.calotype.experiment;

import dev.calotype.judge.Belonging;
import java.util.List;

/** An experiment whose result draws images. */
public interface GenerativeExperiment extends Experiment {
    ConditionSettings condition();

    EvaluationSettings evaluation();

    /** How images are drawn where nobody says otherwise. */
    SamplingSettings sampling();

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
     * @throws RecipeException with the way out
     */
    default void requireOwnJudge() {
        Belonging.of(this).require(evaluation().foreignJudge());
    }

    /** The experiment with the classes of the data set that it turned out to have. */
    GenerativeExperiment withClasses(List<String> classes);
}
