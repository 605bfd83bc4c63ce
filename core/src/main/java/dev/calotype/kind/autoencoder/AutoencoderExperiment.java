package dev.calotype.kind.autoencoder;

import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;

/** An autoencoder for latent diffusion. */
public record AutoencoderExperiment(
        String name,
        long seed,
        DataSettings data,
        NetworkSettings network,
        LossSettings loss,
        TrainingSettings training)
        implements Experiment {
    public AutoencoderExperiment {
        Experiment.requireName(name);
        Check.that(
                data.size() % network.factor() == 0,
                "data.size must be a multiple of " + network.factor() + ", by which latents are smaller",
                data.size());
        int smallest = loss.adversarial().config(data.channels()).smallest();
        Check.that(
                loss.adversarial().weight() == 0 || data.size() >= smallest,
                "data.size must be at least " + smallest + " for a discriminator of "
                        + loss.adversarial().layers() + " layers: fewer loss.adversarial.layers take smaller ones",
                data.size());
        Check.that(
                !network.isQuantised() || loss.kl() == 0,
                "loss.kl must be 0 where network.architecture is vq, whose latents have codes and no distribution",
                loss.kl());
        Check.that(
                training.accumulate() == 1, "training.accumulate of an autoencoder must be 1", training.accumulate());
        Check.that(
                training.recompute() != TrainingSettings.RecomputeChoice.ALWAYS,
                "training.recompute of an autoencoder must be never or auto",
                Kebab.of(training.recompute()));
    }

    /** The network, whose weights are still to be drawn or read. */
    LatentNetwork network(LatentScale scale) {
        return network.network(data.channels(), loss.codebook(), scale);
    }
}
