package dev.calotype.sweep;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Sampling;
import java.util.List;

/**
 * One training of a sweep: a cell with one seed.
 *
 * @param id names its directory: what it is for people, and a hash of its whole recipe. A trial that a changed sweep file
 *     still has is therefore still done
 * @param cell the labels of its settings, one for each training axis
 * @param variants the ways in which the trained model is sampled; none of what draws nothing
 */
public record Trial(String id, List<String> cell, Experiment experiment, List<Variant> variants) {
    /**
     * A way of sampling a trained model.
     *
     * @param id names its files, like that of a trial
     * @param labels one for each axis of {@code evaluate.axes}
     */
    public record Variant(String id, List<String> labels, Sampling sampling) {}

    /** Whether it trains a classifier, which is tested and draws nothing. */
    boolean names() {
        return Kinds.capabilities(experiment).contains(Capability.NAMES_CLASSES);
    }

    /** Whether it trains a model that draws images, which are judged. */
    boolean draws() {
        return experiment.generative().isPresent();
    }

    /** Its experiment, of one that draws images. */
    GenerativeExperiment generative() {
        return experiment.generative().orElseThrow();
    }
}
