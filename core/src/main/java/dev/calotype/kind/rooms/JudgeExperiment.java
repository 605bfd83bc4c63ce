package dev.calotype.kind.rooms;

import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.AttributeNet;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;

/**
 * The network that reads the attributes of a room from its picture and sees what is none, and whose features FID and KID are
 * measured in.
 *
 * @param noise largest standard deviation of the noise on rooms that count as undamaged, in units of [-1, 1]
 */
public record JudgeExperiment(
        String name, long seed, DataSettings data, AttributeNet.Config network, double noise, TrainingSettings training)
        implements Experiment {
    public JudgeExperiment {
        Experiment.requireName(name);
        Check.that(data.size() == AttributeNet.SIZE, "data.size must be " + AttributeNet.SIZE, data.size());
        Check.that(data.channels() == 3, "data.channels must be 3", data.channels());
        Check.range("noise", noise, 0, 1);
        Check.range("network.features", network.features(), 16, 4096); // of which flaws take some places
        Check.that(
                training.recompute() != TrainingSettings.RecomputeChoice.ALWAYS,
                "training.recompute of a judge must be never or auto",
                Kebab.of(training.recompute()));
    }
}
