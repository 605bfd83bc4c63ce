package dev.calotype.experiment;

import dev.calotype.train.GradientStep;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.Learner;
import dev.calotype.train.Objective;
import java.util.Optional;
import org.bytedeco.pytorch.Module;

/** A training of one network that lowers an objective. */
public interface ObjectiveTask<N extends Module> extends Task<N> {
    Objective<N> objective();

    /** How fast the parts of the network learn where the recipe of the training does not say it. */
    default PartRates rates() {
        return PartRates.EVEN;
    }

    @Override
    default Optional<String> alone() {
        return Optional.empty();
    }

    @Override
    default Learner learner(Setting setting) {
        GradientStep.Options options = setting.options();
        return new GradientStep<>(
                objective(),
                setting.replicas(this::network),
                setting.placement().precision(),
                options.rates().areEven() ? options.with(rates()) : options,
                setting.rate(),
                setting.noise(),
                setting.ranks());
    }
}
