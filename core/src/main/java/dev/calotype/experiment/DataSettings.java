package dev.calotype.experiment;

import dev.calotype.data.Preparation;
import dev.calotype.data.augment.Augmentations;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.settings.Check;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is learned from.
 *
 * @param source a path, or {@code rooms}, {@code moving}, each with {@code :train} or {@code :test}
 * @param size pixels per side, 8..1024
 * @param channels 1 (grey) or 3 (RGB)
 * @param flip augmentation by mirroring
 * @param crop which square of a picture is learned from
 * @param labels where the labels of pictures in folders and archives come from
 * @param corruptTolerance the share of unreadable files that stops the run when it is exceeded, 0..1
 * @param augment what is done to pictures at random before they are learned from
 * @param clip which frames of videos are learned from
 */
public record DataSettings(
        String source,
        int size,
        int channels,
        Preparation.Flip flip,
        Preparation.Crop crop,
        LabelRule labels,
        double corruptTolerance,
        Augmentations augment,
        ClipSettings clip) {
    private static final Pattern SIDE = Pattern.compile("(?<![a-z])(left|right)(?![a-z])", Pattern.CASE_INSENSITIVE);

    public DataSettings {
        Check.that(!source.isBlank(), "source must be a path or a built-in data set", source);
        Check.range("size", size, 8, 1024);
        Check.that(channels == 1 || channels == 3, "channels must be 1 or 3", channels);
        Check.range("corruptTolerance", corruptTolerance, 0, 1);
    }

    /**
     * Refuses random mirroring where it would make one class of another, such as {@code turn-left} of {@code turn-right}: for who learns
     * from labels.
     */
    public void requireUnmirrored(List<String> classes) {
        if (flip == Preparation.Flip.NONE) return;
        for (String name : classes) {
            String mirrored =
                    SIDE.matcher(name).replaceAll(side -> side.group().equalsIgnoreCase("left") ? "right" : "left");
            Check.that(
                    mirrored.equals(name) || classes.stream().noneMatch(mirrored::equalsIgnoreCase),
                    "flip must be none where mirroring makes the class " + mirrored + " of " + name,
                    "random");
        }
    }

    /** The same with another rule for labels. */
    public DataSettings labelledBy(LabelRule rule) {
        return new DataSettings(source, size, channels, flip, crop, rule, corruptTolerance, augment, clip);
    }

    public Preparation preparation() {
        return new Preparation(size, channels, flip, crop, augment, clip.sampling());
    }
}
