package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.model.prior.PriorTransformer.Timing;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code PriorTransformer} of diffusers as Kandinsky, Karlo and ECLIPSE have it. That of ECLIPSE says by nothing but the lack of the
 * weights {@code time_embedding} that it knows no time.
 *
 * @param stored its settings and weights
 * @param config the shape of the network
 */
public record DiffusersPrior(StoredNetwork stored, PriorTransformer.Config config) {
    private static final String TIME = "time_embedding.linear_1.weight", MEAN = "clip_mean", DEVIATION = "clip_std";

    /**
     * Reads the settings, and the names of the weights.
     *
     * @throws IOException if a setting is not honoured, or there are no weights
     */
    public static DiffusersPrior of(StoredNetwork stored) throws IOException {
        Timing timing = stored.weights().containsKey(TIME) ? Timing.TIMED : Timing.UNTIMED;
        return stored.config(json -> new DiffusersPrior(stored, config(json, timing)));
    }

    private static PriorTransformer.Config config(JsonNode json, Timing timing) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "PriorTransformer");
        int heads = settings.integer("num_attention_heads", 32), head = settings.integer("attention_head_dim", 64);
        int embedding = settings.integer("embedding_dim", 768);
        int extra = settings.integer("additional_embeddings", 4), tokens = timing == Timing.TIMED ? 4 : 3;
        if (extra != tokens)
            throw new IOException("additional_embeddings must be " + tokens
                    + (timing == Timing.TIMED ? "" : ", for the weights know no time") + ": " + extra);
        var config = new PriorTransformer.Config(
                embedding,
                heads * head,
                settings.integer("num_layers", 20),
                heads,
                timing,
                settings.integer("num_embeddings", 77));
        for (String name : List.of("embedding_proj_dim", "clip_embed_dim"))
            settings.only(name, String.valueOf(embedding));
        settings.only("time_embed_dim", String.valueOf(heads * head));
        settings.only("time_embed_act_fn", "\"silu\"");
        for (String name : List.of("norm_in_type", "embedding_proj_norm_type")) settings.only(name, "null");
        if (settings.isNull("encoder_hid_proj_type") || settings.isNull("added_emb_type"))
            throw new IOException("encoder_hid_proj_type must be linear and added_emb_type prd: null");
        settings.only("encoder_hid_proj_type", "\"linear\"");
        settings.only("added_emb_type", "\"prd\"");
        settings.ignore("dropout"); // which is of training
        settings.passOverTheRest();
        return config;
    }

    /**
     * A prior in memory.
     *
     * @param network owned by the caller
     * @param mean of the vectors of pictures, fp32 (1, E), which what the network makes is to be added to after
     * @param deviation it is multiplied by, fp32 (1, E); null with the mean for ECLIPSE's, which makes vectors as they are
     */
    public record Loaded(Scope.Owned<PriorTransformer> network, StoredTensor mean, StoredTensor deviation)
            implements AutoCloseable {
        @Override
        public void close() {
            network.close();
        }
    }

    /**
     * Reads the weights, one tensor after the other; the caller closes the network.
     *
     * @throws IOException if they cannot be read, or are not those of the settings: with the names that are missing or left over
     */
    public Loaded read(Precision precision) throws IOException {
        Map<String, StoredTensor> theirs = new LinkedHashMap<>(stored.weights());
        StoredTensor mean = theirs.remove(MEAN), deviation = theirs.remove(DEVIATION);
        boolean timed = config.timing() == Timing.TIMED;
        if (timed && (mean == null || deviation == null))
            throw new IOException("the weights of " + stored.path() + " lack " + MEAN + " or " + DEVIATION
                    + ", without which vectors of pictures cannot be told");
        if (timed && (mean.count() != config.embedding() || deviation.count() != config.embedding()))
            throw new IOException("the weights of " + stored.path() + ": " + MEAN + " and " + DEVIATION + " must have "
                    + config.embedding() + " values: " + mean.count() + " and " + deviation.count());
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        try {
            LayerNames.transformers(theirs)
                    .forEach((name, tensor) ->
                            ours.put(name.replaceFirst("^(transformer_blocks\\.\\d+\\.)norm3\\.", "$1norm2."), tensor));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + stored.path() + ": " + e.getMessage(), e);
        }
        return new Loaded(
                LatentNetworks.loaded(() -> new PriorTransformer(config), ours, precision, stored.path()),
                timed ? mean : null,
                timed ? deviation : null);
    }
}
