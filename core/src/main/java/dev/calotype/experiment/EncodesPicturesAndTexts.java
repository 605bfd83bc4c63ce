package dev.calotype.experiment;

import dev.calotype.embedding.Encoder;

/** A trained model that puts pictures and texts into one space. */
public interface EncodesPicturesAndTexts extends TrainedModel {
    /** What makes the vectors, borrowed: not to be used any more once the model is closed. */
    Encoder encoder();
}
