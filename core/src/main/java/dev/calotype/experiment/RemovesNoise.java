package dev.calotype.experiment;

import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Scope;

/** A trained model that takes noise away which it is told the level of. */
public interface RemovesNoise extends TrainedModel {
    /** Its network with the memory of it, which {@link #close} gives back too. */
    Scope.Owned<DenoisingUNet> network();
}
