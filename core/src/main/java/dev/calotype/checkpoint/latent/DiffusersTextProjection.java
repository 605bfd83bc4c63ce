package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.unclip.TextProjection;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;

/** Reads an {@code UnCLIPTextProjModel} of diffusers, by which Karlo's decoder is told of pictures and texts. */
public final class DiffusersTextProjection {
    private DiffusersTextProjection() {}

    /**
     * Reads a network, one tensor after the other; the caller closes it.
     *
     * @param precision of its weights
     * @throws IOException if a file cannot be read or is damaged, if a setting is not known, or if the weights are not those of the
     *     config: with the names that are missing or left over
     */
    public static Scope.Owned<TextProjection> read(StoredNetwork stored, Precision precision) throws IOException {
        TextProjection.Config config = config(stored);
        return LatentNetworks.loaded(() -> new TextProjection(config), stored.weights(), precision, stored.path());
    }

    /** The shape of a network. */
    public static TextProjection.Config config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersTextProjection::config);
    }

    private static TextProjection.Config config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "UnCLIPTextProjModel");
        var config = new TextProjection.Config(
                settings.integer("clip_embeddings_dim", 768),
                settings.integer("time_embed_dim", 0),
                settings.integer("cross_attention_dim", 0),
                settings.integer("clip_extra_context_tokens", 4));
        settings.passOverTheRest();
        return config;
    }
}
