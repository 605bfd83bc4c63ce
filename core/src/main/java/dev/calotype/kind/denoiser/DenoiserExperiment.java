package dev.calotype.kind.denoiser;

import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;

/** A network that takes noise away which it is told the level of. */
public record DenoiserExperiment(
        String name,
        long seed,
        DataSettings data,
        DenoisingUNet.Config network,
        NoiseSettings noise,
        HoleSettings holes,
        Beginning init,
        TrainingSettings training)
        implements Experiment {
    public DenoiserExperiment {
        Experiment.requireName(name);
        Check.that(data.channels() == 3, "data.channels must be 3", data.channels());
        Check.that(
                data.size() % DenoisingUNet.MULTIPLE == 0,
                "data.size must be a multiple of " + DenoisingUNet.MULTIPLE,
                data.size());
        Check.that(
                training.recompute() != TrainingSettings.RecomputeChoice.ALWAYS,
                "training.recompute of a denoiser must be never or auto",
                Kebab.of(training.recompute()));
    }

    @Override
    public void requireTrainable() {
        init.requireThere();
    }
}
