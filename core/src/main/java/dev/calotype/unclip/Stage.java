package dev.calotype.unclip;

import dev.calotype.settings.Yaml;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The trainings of a chain, in their order. */
public enum Stage {
    AUTOENCODER,
    CLIP,
    PRIOR,
    DECODER,
    UPSAMPLER;

    /** The keys by which recipes are told where a stage before them is. */
    private static final Map<Stage, Map<Stage, String>> TOLD = Map.of(
            PRIOR, Map.of(CLIP, "encoder"),
            DECODER, Map.of(CLIP, "embedding.encoder", AUTOENCODER, "latent.autoencoder"));

    /** The name of its folder and in recipes. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The values of its recipe that name another stage in a folder; none where it is not told of it. */
    List<String> told(Stage other, String folder) {
        String key = TOLD.getOrDefault(this, Map.of()).get(other);
        return key == null ? List.of() : List.of(key + "=" + Yaml.quoted(folder));
    }
}
