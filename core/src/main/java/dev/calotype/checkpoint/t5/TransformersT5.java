package dev.calotype.checkpoint.t5;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.t5.T5Config;
import dev.calotype.model.t5.T5Config.Mlp;
import dev.calotype.model.t5.T5Encoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a {@code T5EncoderModel} of transformers. */
public final class TransformersT5 {
    private static final Pattern BLOCK = Pattern.compile("encoder\\.block\\.(\\d+)\\.layer\\.([01])\\.(.*)\\.weight");
    private static final String BIAS = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    private static final Map<String, String> OUTSIDE = Map.of(
            "shared.weight", "shared.weight", BIAS, "bias.weight", "encoder.final_layer_norm.weight", "norm.weight");

    private TransformersT5() {}

    /**
     * Reads an encoder, one tensor after the other; the caller closes it.
     *
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<T5Encoder> read(StoredNetwork stored, Precision precision) throws IOException {
        T5Config config = stored.config(TransformersT5::config);
        return Weights.ofConfig(stored.path(), () -> new T5Encoder(config), ours(stored.weights()), precision);
    }

    private static T5Config config(JsonNode json) throws IOException {
        String type = json.path("model_type").asText("nothing");
        if (!type.equals("t5")) throw new IOException("model_type must be t5: " + type);
        String mlp = json.path("feed_forward_proj").asText("relu");
        if (!mlp.equals("relu") && !mlp.equals("gated-gelu"))
            throw new IOException("feed_forward_proj must be relu or gated-gelu: " + mlp);
        return new T5Config(
                json.path("vocab_size").asInt(32128),
                json.path("d_model").asInt(512),
                json.path("d_kv").asInt(64),
                json.path("num_heads").asInt(8),
                json.path("d_ff").asInt(2048),
                json.path("num_layers").asInt(6),
                json.path("relative_attention_num_buckets").asInt(32),
                json.path("relative_attention_max_distance").asInt(128),
                json.path("layer_norm_epsilon").asDouble(1e-6),
                mlp.equals("relu") ? Mlp.RELU : Mlp.GATED_GELU);
    }

    private static Map<String, StoredTensor> ours(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            boolean copy = name.equals("encoder.embed_tokens.weight") && theirs.containsKey("shared.weight");
            if (!copy) ours.put(renamed(name), tensor);
        });
        return ours;
    }

    private static String renamed(String name) {
        if (name.equals("encoder.embed_tokens.weight")) return "shared.weight";
        if (OUTSIDE.containsKey(name)) return OUTSIDE.get(name);
        Matcher block = BLOCK.matcher(name);
        if (!block.matches()) return name;
        String part = block.group(3).replace("SelfAttention.", "").replace("DenseReluDense.", "");
        String ours =
                switch (part) {
                    case "layer_norm" -> block.group(2).equals("0") ? "norm1" : "norm2";
                    case "wi_0" -> "wi";
                    default -> part;
                };
        return "blocks." + block.group(1) + "." + ours + ".weight";
    }
}
