package dev.calotype.data;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import java.nio.file.Path;

/**
 * How pictures are read.
 *
 * @param channels of the decoded pictures: 1 (grey) or 3 (RGB)
 * @param labels where labels come from, for pictures in folders and archives
 * @param cache the folder in which compressed archives are unpacked once
 * @param clip which frames of videos are read
 */
public record ReadOptions(int channels, LabelRule labels, Path cache, ClipSettings clip) {
    public ReadOptions {
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
    }

    /** Labels by {@link LabelRule#AUTO}; the cache in {@code $CALOTYPE_CACHE}, or else {@code ~/.cache/calotype}. */
    public static ReadOptions channels(int channels) {
        String cache = System.getenv("CALOTYPE_CACHE");
        Path folder = cache == null || cache.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "calotype")
                : Path.of(cache);
        return new ReadOptions(channels, LabelRule.AUTO, folder, ClipSettings.PICTURES);
    }

    /** The same with another source of labels. */
    public ReadOptions withLabels(LabelRule rule) {
        return new ReadOptions(channels, rule, cache, clip);
    }

    /** The same with other frames of videos. */
    public ReadOptions withClip(ClipSettings settings) {
        return new ReadOptions(channels, labels, cache, settings);
    }
}
