package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
import dev.calotype.io.Progress;

/** A trained model that bounds the likelihood of images. */
public interface TellsLikelihood extends TrainedModel {
    /** Steps of the process that the model was trained with. */
    int steps();

    /**
     * The bound for {@code count} images, bounded by the size of the data set.
     *
     * @param steps of the process, 1 to {@link #steps}: fewer give a looser bound sooner
     */
    Likelihood likelihood(ImageDataset data, long count, int steps, Progress progress);
}
