package dev.calotype.sweep;

import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.judge.Measure;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.settings.RecipeException;
import java.util.List;
import java.util.Set;

/**
 * What is measured of every trained cell.
 *
 * @param images drawn and judged in each way of sampling, at least 64; 0 to judge none
 * @param seed of the drawn images
 * @param against the real images; empty for those of the recipe
 * @param network the feature network; empty for that of the recipe
 * @param scores columns of the table that come from judging drawn images
 */
public record Measurement(
        int images, long seed, String against, String network, List<Column> scores, LikelihoodPlan likelihood) {
    /**
     * How bits per dimension are measured.
     *
     * @param data the images; empty for those of the recipe, a split such as {@code :test} for one of the same data set
     * @param images how many; 0 to measure none
     * @param steps of the process, at most those it was trained with
     */
    public record LikelihoodPlan(String data, int images, int steps) {
        public LikelihoodPlan {
            if (images < 0) throw new RecipeException("evaluate.likelihood.images must be at least 0: " + images);
            if (steps < 1) throw new RecipeException("evaluate.likelihood.steps must be at least 1: " + steps);
        }

        /** The data set for a model of {@code experiment}. */
        String source(GenerativeExperiment experiment) {
            if (data.isEmpty()) return experiment.data().source();
            return data.startsWith(":") ? experiment.data().source() + data : data;
        }
    }

    public Measurement {
        scores = List.copyOf(scores);
        if (images != 0 && images < EvaluationProtocol.MINIMUM)
            throw new RecipeException(
                    "evaluate.images must be 0 or at least " + EvaluationProtocol.MINIMUM + ": " + images);
        for (Column score : scores)
            if (!score.judged())
                throw new RecipeException("evaluate.scores must be of drawn images; " + score.title()
                        + " is always there" + " if it was measured");
    }

    /** What the judge is to compute: what it usually does, and what the scores want. */
    Set<Measure> measures() {
        return Measure.usualAnd(scores.stream().map(Column::measure).toList());
    }

    /** The real images for a model of {@code experiment}. */
    public String against(GenerativeExperiment experiment) {
        return against.isEmpty() ? experiment.reference() : against;
    }

    /** The feature network for a model of {@code experiment}. */
    public String network(GenerativeExperiment experiment) {
        return network.isEmpty() ? experiment.evaluation().network() : network;
    }
}
