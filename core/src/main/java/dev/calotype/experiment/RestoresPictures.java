package dev.calotype.experiment;

import dev.calotype.restore.DiffusionPrior;

/** A trained model that knows what pictures look like, so that damaged ones can be restored. */
public interface RestoresPictures extends TrainedModel {
    /**
     * What it knows of images of {@code channels} channels, of any size. It borrows the network: not to be used after
     * {@link #close}.
     *
     * @param channels 1 (grey) or 3 (colour)
     */
    DiffusionPrior prior(int channels);
}
