package dev.calotype.data;

import dev.calotype.data.label.Labels;
import dev.calotype.image.Picture;
import java.util.Map;

/**
 * One item of a data set.
 *
 * @param name where it came from, for messages
 * @param label index into {@link ImageDataset#classes()}, or {@link #UNLABELLED}
 * @param caption in English, or empty
 * @param attributes what is known of the picture, by attribute name; empty if nothing is
 */
public record Sample(String name, Picture image, int label, String caption, Map<String, String> attributes) {
    /** The label of a picture that has none. */
    public static final int UNLABELLED = Labels.UNLABELLED;

    public Sample {
        attributes = Map.copyOf(attributes);
    }

    /** A picture of which nothing else is known. */
    public static Sample of(String name, Picture image) {
        return new Sample(name, image, UNLABELLED, "", Map.of());
    }
}
