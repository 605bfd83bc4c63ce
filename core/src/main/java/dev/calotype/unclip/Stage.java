package dev.calotype.unclip;

import java.util.List;
import java.util.Locale;

/** The trainings of a chain, in their order. */
public enum Stage {
    CLIP,
    /** Told the encoder as {@code encoder}. */
    PRIOR("encoder"),
    /** Told the encoder as {@code embedding.encoder}. */
    DECODER("embedding.encoder"),
    UPSAMPLER;

    private final List<String> told;

    Stage(String... told) {
        this.told = List.of(told);
    }

    /** The name of its folder and in recipes. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The values of its recipe that name the encoder in a folder. */
    List<String> encoder(String folder) {
        return told.stream()
                .map(key -> key + "='" + folder.replace("'", "''") + "'")
                .toList();
    }
}
