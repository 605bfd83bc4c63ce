package dev.calotype.checkpoint.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.bert.PretrainedBert;
import dev.calotype.model.bert.Bert;
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
        PretrainedBert.only(json, "model_type", "M-CLIP");
        PretrainedBert.only(json, "hidden_act", "gelu");
        PretrainedBert.only(json, "position_embedding_type", "absolute");
        PretrainedBert.only(json, "type_vocab_size", "1");
        Bert.Config shape = PretrainedBert.shape(json, 1);
        int width = shape.width();
        int said = json.path("transformerDimensions").asInt(1024);
        if (said != width) throw new IOException("transformerDimensions must be hidden_size, " + width + ": " + said);
        return new MultilingualText.Config(
                shape, json.path("pad_token_id").asInt(1), json.path("numDims").asInt(768));
    }
}
