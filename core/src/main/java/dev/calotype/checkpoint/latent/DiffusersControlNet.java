package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.latent.ControlNet;
import dev.calotype.model.latent.ControlNet.Hint;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Reads a {@code ControlNetModel} of diffusers, of Stable Diffusion 1, 2 and XL.
 *
 * @param stored its settings and weights
 * @param config the shape of its way down
 * @param hint how it sees pictures
 */
public record DiffusersControlNet(StoredNetwork stored, LatentUNetConfig config, Hint hint) {
    /**
     * Reads the settings; no weights are read.
     *
     * @throws IOException if one is not honoured
     */
    public static DiffusersControlNet of(StoredNetwork stored) throws IOException {
        return stored.config(json -> of(stored, json));
    }

    private static DiffusersControlNet of(StoredNetwork stored, JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "ControlNetModel");
        settings.only("global_pool_conditions", "false"); // others are told of the picture as a whole
        settings.ignore("sample_size");
        LatentUNetConfig config = new LatentShape(settings).read(settings.integer("in_channels", 4));
        Hint hint = new Hint(
                settings.integer("conditioning_channels", 3),
                settings.integers("conditioning_embedding_out_channels", List.of(16, 32, 96, 256)),
                settings.choice("controlnet_conditioning_channel_order", "rgb", Map.of("rgb", false, "bgr", true)));
        settings.passOverTheRest();
        return new DiffusersControlNet(stored, config, hint);
    }

    /**
     * Reads the weights, one tensor after the other; the caller closes the network.
     *
     * @throws IOException if they cannot be read, or are not those of the settings: with the names that are missing or left over
     */
    public Scope.Owned<ControlNet> read(Precision precision) throws IOException {
        return LatentNetworks.loaded(
                () -> new ControlNet(config, hint), LatentNetworks.ours(stored), precision, stored.path());
    }
}
