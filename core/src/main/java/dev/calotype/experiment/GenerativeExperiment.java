package dev.calotype.experiment;

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

    /** The experiment with the classes of the data set that it turned out to have. */
    GenerativeExperiment withClasses(List<String> classes);
}
