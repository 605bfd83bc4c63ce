package dev.calotype.experiment;

import dev.calotype.model.Classifier;

/** A trained model that names what is in a picture. */
public interface NamesClasses extends TrainedModel {
    /** Its classifier, which is closed with the model. */
    Classifier classifier();

    /** The data set that it is tested on where nobody names another; empty if there is none. */
    String testSource();
}
