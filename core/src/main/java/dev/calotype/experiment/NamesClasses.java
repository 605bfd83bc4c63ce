package dev.calotype.experiment;

import dev.calotype.model.PictureClassifier;

/** A trained model that names what is in a picture. */
public interface NamesClasses extends TrainedModel {
    /** Its classifier, which is closed with the model. */
    PictureClassifier classifier();

    /** The data set that it is tested on where nobody names another; empty if there is none. */
    String testSource();
}
