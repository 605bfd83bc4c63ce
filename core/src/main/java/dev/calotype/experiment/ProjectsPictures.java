package dev.calotype.experiment;

import dev.calotype.image.Picture;
import dev.calotype.train.StyleProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A trained model that finds the image of its own that is nearest to a picture. */
public interface ProjectsPictures extends TrainedModel {
    /**
     * What a projection came to.
     *
     * @param start the mean squared difference of pixels in [-1, 1] to the image of the mean style
     * @param distance that to the image found
     */
    record Projection(double start, double distance) {}

    /**
     * Finds the style whose image is nearest to a picture, and draws both side by side, the picture first.
     *
     * @param picture as {@link DataSettings#preparation} of the model's data makes it
     * @param styles where the style is written as the tensor {@code w} (1, style), if anywhere
     */
    Projection project(Picture picture, StyleProjection projection, Path out, Optional<Path> styles) throws IOException;
}
