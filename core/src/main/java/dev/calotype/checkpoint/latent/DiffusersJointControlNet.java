package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.dit.JointControlNet;
import dev.calotype.model.dit.JointControlNet.Embedding;
import dev.calotype.model.dit.JointControlNet.Hearing;
import dev.calotype.model.dit.JointControlNet.Manner;
import dev.calotype.model.dit.LatentTransformerConfig;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.Map;

/**
 * Reads a {@code SD3ControlNetModel} of diffusers.
 *
 * @param stored its settings and weights
 * @param config its shape
 * @param manner how it differs from the denoiser
 */
public record DiffusersJointControlNet(StoredNetwork stored, LatentTransformerConfig config, Manner manner) {
    /**
     * Reads the settings; no weights are read.
     *
     * @throws IOException if one is not honoured
     */
    public static DiffusersJointControlNet of(StoredNetwork stored) throws IOException {
        return stored.config(json -> of(stored, json));
    }

    private static DiffusersJointControlNet of(StoredNetwork stored, JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "SD3ControlNetModel");
        settings.only("extra_conditioning_channels", "0"); // others are told of a mask besides
        boolean own = settings.flag("use_pos_embed", true), silent = settings.isNull("joint_attention_dim");
        if (own) settings.only("pos_embed_type", "\"sincos\"");
        for (String name : new String[] {"out_channels", "pos_embed_type"}) settings.ignore(name);
        LatentTransformerConfig config =
                DiffusersTransformer.shape(settings, DiffusersTransformer.in(settings), silent);
        if (silent && (config.norm() != QueryKeyNorm.NONE || config.twice() > 0))
            throw new IOException("qk_norm and dual_attention_layers must be absent where joint_attention_dim is null");
        boolean zeros = settings.flag("force_zeros_for_pooled_projection", true);
        settings.passOverTheRest();
        Manner manner = new Manner(
                own ? Embedding.OWN : Embedding.OF_THE_DENOISER,
                silent ? Hearing.NOTHING : Hearing.TOLD,
                zeros ? Hearing.NOTHING : Hearing.TOLD);
        return new DiffusersJointControlNet(stored, config, manner);
    }

    /**
     * Reads the weights, one tensor after the other; the caller closes the network.
     *
     * @throws IOException if they cannot be read, or are not those of the settings: with the names that are missing or left over
     */
    public Scope.Owned<JointControlNet> read(Precision precision) throws IOException {
        Map<String, StoredTensor> weights = LatentNetworks.named(stored, stored.weights(), TransformerNames::ours);
        return LatentNetworks.loaded(() -> new JointControlNet(config, manner), weights, precision, stored.path());
    }
}
