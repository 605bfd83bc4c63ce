package dev.calotype.experiment;

import dev.calotype.train.GradientStep;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.Learner;
import dev.calotype.train.Objective;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Module;

/** A training of one network that lowers an objective. */
public interface ObjectiveTask<N extends Module> extends Task<N> {
    Objective<N> objective();

    /** How fast the parts of the network learn. */
    default PartRates rates() {
        return PartRates.EVEN;
    }

    @Override
    default Learner learner(Setting setting) {
        List<N> replicas = new ArrayList<>();
        for (int i = 0; i < setting.workers(); i++)
            replicas.add(setting.placement().device().move(network(setting.weights())));
        return new GradientStep<>(
                objective(),
                replicas,
                setting.placement().precision(),
                setting.training().options().with(rates()),
                setting.rate(),
                setting.noise());
    }
}
