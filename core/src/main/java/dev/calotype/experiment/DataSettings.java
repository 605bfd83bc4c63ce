package dev.calotype.experiment;

import dev.calotype.data.Preparation;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.data.label.LabelRule;
import dev.calotype.settings.Check;

/**
 * What is learned from.
 *
 * @param source a path, or {@code rooms}, {@code rooms:train}, {@code rooms:test}, {@code rooms:seen}, {@code rooms:unseen}
 * @param size pixels per side, 8..1024
 * @param channels 1 (grey) or 3 (RGB)
 * @param flip augmentation by mirroring
 * @param crop which square of a picture is learned from
 * @param labels where the labels of pictures in folders and archives come from
 * @param corruptTolerance the share of unreadable files that stops the run when it is exceeded, 0..1
 * @param augment what is done to pictures at random before they are learned from
 */
public record DataSettings(
        String source,
        int size,
        int channels,
        Preparation.Flip flip,
        Preparation.Crop crop,
        LabelRule labels,
        double corruptTolerance,
        Augmentations augment) {
    public DataSettings {
        Check.that(!source.isBlank(), "source must be a path or a built-in data set", source);
        Check.range("size", size, 8, 1024);
        Check.that(channels == 1 || channels == 3, "channels must be 1 or 3", channels);
        Check.range("corruptTolerance", corruptTolerance, 0, 1);
    }

    public Preparation preparation() {
        return new Preparation(size, channels, flip, crop, augment);
    }
}
