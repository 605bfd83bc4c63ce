package dev.calotype.checkpoint.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.Quoted;
import dev.calotype.model.clip.MultilingualText;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a {@code MultilingualCLIP} of diffusers, the text encoder of Kandinsky 2.1. */
public final class DiffusersMultilingualText {
    private DiffusersMultilingualText() {}

    /**
     * Reads an encoder, one tensor after the other; the caller closes it.
     *
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<MultilingualText> read(StoredNetwork stored, Precision precision) throws IOException {
        MultilingualText.Config config = config(stored);
        Map<String, StoredTensor> weights = new LinkedHashMap<>(stored.weights());
        // what it pools otherwise, which nobody asks for, and the numbers of positions that old files have
        weights.keySet()
                .removeIf(name -> name.startsWith("transformer.pooler.") || name.endsWith("embeddings.position_ids"));
        return Weights.ofConfig(stored.path(), () -> new MultilingualText(config), weights, precision);
    }

    /** The shape of an encoder. */
    public static MultilingualText.Config config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersMultilingualText::config);
    }

    private static MultilingualText.Config config(JsonNode json) throws IOException {
        only(json, "model_type", "M-CLIP");
        only(json, "hidden_act", "gelu");
        only(json, "position_embedding_type", "absolute");
        only(json, "type_vocab_size", "1");
        int width = json.path("hidden_size").asInt(768);
        int said = json.path("transformerDimensions").asInt(1024);
        if (said != width) throw new IOException("transformerDimensions must be hidden_size, " + width + ": " + said);
        return new MultilingualText.Config(
                json.path("vocab_size").asInt(30_522),
                json.path("max_position_embeddings").asInt(512),
                width,
                json.path("num_hidden_layers").asInt(12),
                json.path("num_attention_heads").asInt(12),
                json.path("intermediate_size").asInt(3072),
                json.path("layer_norm_eps").asDouble(1e-12),
                json.path("pad_token_id").asInt(1),
                json.path("numDims").asInt(768));
    }

    private static void only(JsonNode json, String name, String value) throws IOException {
        if (!json.path(name).asText(value).equals(value))
            throw new IOException(name + " must be " + value + ", others are not honoured: "
                    + Quoted.name(json.path(name).asText()));
    }
}
