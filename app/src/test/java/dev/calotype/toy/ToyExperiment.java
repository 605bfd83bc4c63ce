package dev.calotype.toy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Rng;
import java.util.List;
import java.util.Map;

/**
 * An autoencoder of pictures.
 *
 * @param network of what size
 * @param noise standard deviation of what is laid over the pictures that it reads, in units of [-1, 1]
 */
record ToyExperiment(
        String name,
        long seed,
        DataSettings data,
        ConditionSettings condition,
        Network network,
        double noise,
        ToySampling sampling,
        TrainingSettings training,
        EvaluationSettings evaluation)
        implements GenerativeExperiment {
    /** @param code numbers that a picture becomes */
    record Network(int code) {
        Network {
            Check.range("code", code, 1, 1000);
        }
    }

    ToyExperiment {
        Experiment.requireName(name);
        Check.that(condition.by() == ConditionSettings.By.NONE, "condition.by must be none", condition.by());
    }

    @Override
    @JsonIgnore
    public boolean labelled() {
        return false;
    }

    @Override
    public ToySampling sampling(Map<String, String> asked) {
        if (asked.isEmpty()) return sampling;
        throw new IllegalArgumentException(
                String.join(", ", asked.keySet()) + " cannot be chosen; " + name + " is a toy");
    }

    @Override
    public ToyExperiment withClasses(List<String> classes) {
        return this;
    }

    Autoencoder autoencoder(Rng rng) {
        return new Autoencoder(data.channels(), data.size(), network.code(), rng);
    }
}
