package dev.calotype.experiment;

import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.DifferentiableAugmentation;
import dev.calotype.train.SlopePenalty;
import java.util.List;

/**
 * How a generator and a discriminator play; {@link TrainingSettings#learningRate} is the generator's.
 *
 * @param smoothing by how much the target of real images falls short of 1, 0..0.5
 * @param penalty on the slopes of the discriminator
 * @param penaltyEvery steps from one penalty to the next, each of which counts as many times
 * @param augmentation of real and generated images before they are judged
 * @param beta1 of both optimizers, 0..1
 * @param discriminatorRate learning rate of the discriminator in units of the generator's
 * @param generatorEvery updates of the discriminator for each of the generator
 */
public record GameSettings(
        AdversarialLoss loss,
        double smoothing,
        SlopePenalty.Kind penalty,
        double penaltyWeight,
        int penaltyEvery,
        List<DifferentiableAugmentation.Change> augmentation,
        double beta1,
        double discriminatorRate,
        int generatorEvery) {
    public GameSettings {
        augmentation = List.copyOf(augmentation);
        Check.that(
                loss != AdversarialLoss.WASSERSTEIN || penalty == SlopePenalty.Kind.GRADIENT,
                "penalty of the loss wasserstein must be gradient",
                Kebab.of(penalty));
        rules(loss, smoothing, new SlopePenalty(penalty, penaltyWeight, penaltyEvery), augmentation);
        new AdversarialStep.Options(beta1, 0.999, discriminatorRate, generatorEvery, List.of());
    }

    AdversarialStep.Rules rules() {
        return rules(loss, smoothing, new SlopePenalty(penalty, penaltyWeight, penaltyEvery), augmentation);
    }

    private static AdversarialStep.Rules rules(
            AdversarialLoss loss,
            double smoothing,
            SlopePenalty slopes,
            List<DifferentiableAugmentation.Change> augmentation) {
        return new AdversarialStep.Rules(loss, smoothing, slopes, DifferentiableAugmentation.of(augmentation));
    }

    AdversarialStep.Options options(TrainingSettings training) {
        return new AdversarialStep.Options(beta1, training.beta2(), discriminatorRate, generatorEvery, training.ema());
    }
}
