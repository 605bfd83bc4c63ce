package dev.calotype.experiment.offer;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Scope;

/** A trained model that takes noise away which it is told the level of. */
public interface RemovesNoise extends TrainedModel {
    /** What it can do. */
    Capability<RemovesNoise> CAPABILITY = new Capability<>(RemovesNoise.class, "removes noise");

    /** Its network with the memory of it, which {@link #close} gives back too. */
    Scope.Owned<DenoisingUNet> network();

    /** Whether it learned to fill holes, too. */
    boolean fillsHoles();
}
