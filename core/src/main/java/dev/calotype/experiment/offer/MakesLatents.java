package dev.calotype.experiment.offer;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.model.latent.Autoencoder;

/** A trained model that takes pictures to latents and back. */
public interface MakesLatents extends TrainedModel {
    /** What it can do. */
    Capability<MakesLatents> CAPABILITY = new Capability<>(MakesLatents.class, "takes pictures to latents and back");

    /**
     * Its network, borrowed: not to be used any more once this is closed. Latents are scaled to a mean of 0 and a deviation of 1 in each
     * channel, as measured when it was trained.
     */
    Autoencoder autoencoder();
}
