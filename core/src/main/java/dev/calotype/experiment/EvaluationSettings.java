package dev.calotype.experiment;

import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.settings.Check;

/**
 * How a trained model is judged.
 *
 * @param images how many are drawn, and compared with as many real ones; at least 64, below which scores are noise
 * @param against the data set of real images; empty for the one trained on
 * @param duringTraining images judged at every checkpoint, at least 64; 0 for none
 * @param network the feature network, by a name that {@code judge.FeatureNetworks} knows; a recipe that names none has that of rooms
 *     for rooms and {@code scattering} for everything else
 * @param foreignJudge what to do with a network or real images that belong to another data set
 */
public record EvaluationSettings(
        int images, int duringTraining, String against, String network, Belonging.Foreign foreignJudge) {
    public EvaluationSettings {
        Check.range("images", images, EvaluationProtocol.MINIMUM, 10_000_000);
        if (duringTraining != 0) Check.range("duringTraining", duringTraining, EvaluationProtocol.MINIMUM, 10_000_000);
        Check.that(!network.isBlank(), "network must name a feature network", network);
    }
}
