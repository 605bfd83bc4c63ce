package dev.calotype.kind.gan;

import dev.calotype.experiment.TrainingSettings;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.train.AdversarialLoss;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.DifferentiableAugmentation;
import dev.calotype.train.PathLength;
import dev.calotype.train.SlopePenalty;
import java.util.List;

/**
 * How a generator and a discriminator play; {@link TrainingSettings#learningRate} is the generator's.
 *
 * @param smoothing by how much the target of real images falls short of 1, 0..0.5
 * @param penalty on the slopes of the discriminator
 * @param penaltyEvery steps from one penalty to the next, each of which counts as many times
 * @param pathLength weight of the path-length penalty on the generator, 0 for none
 * @param pathLengthEvery updates of the generator from one path-length penalty to the next, each of which counts as many
 *     times
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
        double pathLength,
        int pathLengthEvery,
        List<DifferentiableAugmentation.Change> augmentation,
        double beta1,
        double discriminatorRate,
        int generatorEvery) {
    private static final double PATH_DECAY = PathLength.Options.PUBLISHED.decay();

    public GameSettings {
        augmentation = List.copyOf(augmentation);
        Check.that(
                loss != AdversarialLoss.WASSERSTEIN || penalty == SlopePenalty.Kind.GRADIENT,
                "penalty of the loss wasserstein must be gradient",
                Kebab.of(penalty));
        new SlopePenalty(penalty, penaltyWeight, penaltyEvery);
        new PathLength.Options(pathLength, PATH_DECAY, pathLengthEvery);
        new AdversarialStep.Rules(
                loss, smoothing, SlopePenalty.NONE, PathLength.Options.NONE, DifferentiableAugmentation.NONE);
        new AdversarialStep.Options(beta1, 0.999, discriminatorRate, generatorEvery, List.of());
    }

    public AdversarialStep.Rules rules() {
        return new AdversarialStep.Rules(
                loss,
                smoothing,
                new SlopePenalty(penalty, penaltyWeight, penaltyEvery),
                new PathLength.Options(pathLength, PATH_DECAY, pathLengthEvery),
                DifferentiableAugmentation.of(augmentation));
    }

    AdversarialStep.Options options(TrainingSettings training) {
        return new AdversarialStep.Options(beta1, training.beta2(), discriminatorRate, generatorEvery, training.ema());
    }
}
