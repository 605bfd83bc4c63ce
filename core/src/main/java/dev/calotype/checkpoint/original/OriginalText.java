package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/** A text encoder of a file: of transformers, or of open_clip, whose queries, keys and values are one matrix. */
final class OriginalText {
    /** Whose names the weights have. */
    enum Dialect {
        TRANSFORMERS("quick_gelu"),
        OPEN_CLIP("gelu");

        private final String activation;

        Dialect(String activation) {
            this.activation = activation;
        }
    }

    private static final int HEAD = 64;
    private static final int READ = 23; // blocks that Stable Diffusion 2 reads; open_clip's whole tower has another
    private static final String PROJECTION = "text_projection";
    private static final String TABLE = "text_model.embeddings.token_embedding.weight";
    private static final Pattern LAYER = Pattern.compile("transformer\\.resblocks\\.(\\d{1,3})\\.(.+)");
    private static final Pattern FUSED = Pattern.compile("attn\\.in_proj_(weight|bias)");
    private static final Map<String, String> ENDS = Map.of(
            "token_embedding.weight", TABLE,
            "positional_embedding", "text_model.embeddings.position_embedding.weight",
            "ln_final.weight", "text_model.final_layer_norm.weight",
            "ln_final.bias", "text_model.final_layer_norm.bias");
    private static final Map<String, String> PARTS = Map.of(
            "ln_1.", "layer_norm1.",
            "ln_2.", "layer_norm2.",
            "mlp.c_fc.", "mlp.fc1.",
            "mlp.c_proj.", "mlp.fc2.",
            "attn.out_proj.", "self_attn.out_proj.");

    private final String prefix;
    private final Dialect dialect;
    private final Map<String, StoredTensor> theirs;
    private final boolean projected;
    private final int dropped; // index of the block that is left out, or -1

    /** @param without the projection and the block at the end, which Stable Diffusion 2 does not use: files that diffusers wrote lack both */
    private OriginalText(String prefix, Dialect dialect, Map<String, StoredTensor> theirs, boolean without) {
        this.prefix = prefix;
        this.dialect = dialect;
        this.theirs = theirs;
        int last = -1;
        for (String name : theirs.keySet()) {
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) last = Math.max(last, Integer.parseInt(layer.group(1)));
        }
        boolean whole = last == READ || last != READ - 1 && theirs.containsKey(PROJECTION);
        projected = !without;
        dropped = without && whole ? last : -1;
    }

    static OriginalText of(String prefix, Dialect dialect, Map<String, StoredTensor> theirs) {
        return new OriginalText(prefix, dialect, theirs, false);
    }

    /** One that is read before its last block, whose weights are not wanted. */
    static OriginalText beforeTheLastBlock(String prefix, Dialect dialect, Map<String, StoredTensor> theirs) {
        return new OriginalText(prefix, dialect, theirs, true);
    }

    /** The settings of a {@code CLIPTextModel} of OpenAI's or OpenCLIP's kind, whatever names it has in its file. */
    static ObjectNode config(Dialect dialect, Map<String, StoredTensor> named) {
        StoredTensor table = named.get(TABLE);
        if (table == null || table.dim() != 2 || table.size(0) > 1 << 24)
            throw new IllegalArgumentException("its text encoder has no table of tokens");
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("model_type", "clip_text_model").put("hidden_act", dialect.activation);
        config.put("num_attention_heads", Math.max(1, (int) table.size(1) / HEAD));
        config.put("eos_token_id", (int) table.size(0) - 1); // the last of CLIP's vocabulary
        return config;
    }

    /** The weights by the names of transformers; names that are none are added to {@code left}. */
    Map<String, StoredTensor> weights(List<String> left) {
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            if (dialect == Dialect.TRANSFORMERS)
                named.put(name.matches("(text_model|text_projection)\\..*") ? name : "text_model." + name, tensor);
            else if (!openClip(name, tensor, named)) left.add(prefix + name);
        });
        return named;
    }

    private boolean openClip(String name, StoredTensor tensor, Map<String, StoredTensor> named) {
        if (name.equals(PROJECTION)) {
            if (projected) named.put("text_projection.weight", tensor.changed(Tensor::t));
            return true;
        }
        if (ENDS.containsKey(name)) {
            named.put(ENDS.get(name), tensor);
            return true;
        }
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) return false;
        if (Integer.parseInt(layer.group(1)) == dropped) return true;
        String to = "text_model.encoder.layers." + layer.group(1) + ".", rest = layer.group(2);
        Matcher fused = FUSED.matcher(rest);
        if (fused.matches()) {
            long rows = tensor.size(0) / 3;
            for (int i = 0; i < 3; i++)
                named.put(to + "self_attn." + "qkv".charAt(i) + "_proj." + fused.group(1), tensor.rows(i * rows, rows));
            return true;
        }
        for (Map.Entry<String, String> part : PARTS.entrySet())
            if (rest.startsWith(part.getKey())) {
                named.put(to + part.getValue() + rest.substring(part.getKey().length()), tensor);
                return true;
            }
        return false;
    }
}
