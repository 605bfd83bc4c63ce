package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.original.OriginalTransformer.Held;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transformer and the T5 of Stable Diffusion 3 in a file of one piece. */
final class OriginalJoint {
    private static final String BLOCK = "joint_blocks.", PROJECTED = ".x_block.attn.qkv.weight";
    private static final String TABLE = "pos_embed", TOKENS = "shared.weight", FIRST = "encoder.block.0.layer.";
    private static final int HEAD = 64, SAMPLE = 128;

    private final String beginning;
    private final Map<String, StoredTensor> theirs;

    /** @param theirs by their names behind {@code beginning} */
    OriginalJoint(String beginning, Map<String, StoredTensor> theirs) {
        this.beginning = beginning;
        this.theirs = theirs;
    }

    /** Whether a file's denoiser is one. */
    boolean is() {
        return theirs.containsKey(BLOCK + 0 + PROJECTED);
    }

    /**
     * The settings of a {@code SD3Transformer2DModel}.
     *
     * @throws IllegalArgumentException if there is no such denoiser
     */
    ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("_class_name", "SD3Transformer2DModel");
        int width = size("x_embedder.proj.weight", 0), patch = size("x_embedder.proj.weight", 2), depth = depth();
        config.put("sample_size", SAMPLE)
                .put("patch_size", patch)
                .put("in_channels", size("x_embedder.proj.weight", 1));
        config.put("out_channels", size("final_layer.linear.weight", 0) / Math.max(1, patch * patch));
        config.put("num_layers", depth).put("attention_head_dim", HEAD);
        config.put("num_attention_heads", width / HEAD).put("caption_projection_dim", width);
        config.put("joint_attention_dim", size("context_embedder.weight", 1));
        config.put("pooled_projection_dim", size("y_embedder.mlp.0.weight", 1));
        config.put("pos_embed_max_size", (int) Math.round(Math.sqrt(size(TABLE, 1))));
        ArrayNode twice = config.putArray("dual_attention_layers");
        for (int i = 0; i < depth; i++) if (theirs.containsKey(BLOCK + i + ".x_block.attn2.qkv.weight")) twice.add(i);
        if (theirs.containsKey(BLOCK + "0.x_block.attn.ln_q.weight")) config.put("qk_norm", "rms_norm");
        return config;
    }

    private int depth() {
        int depth = 0;
        while (theirs.containsKey(BLOCK + depth + PROJECTED)) depth++;
        return depth;
    }

    /** The weights of a transformer by the names of diffusers; names that are none are added to {@code left}. */
    Map<String, StoredTensor> weights(List<String> left) {
        Map<String, Held> modules = OriginalTransformer.modules(depth());
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            int end = name.lastIndexOf('.');
            Held held = end < 0 || !name.endsWith(".weight") && !name.endsWith(".bias")
                    ? null
                    : modules.get(name.substring(0, end));
            if (name.equals(TABLE)) named.put("pos_embed.pos_embed", tensor);
            else if (held == null) left.add(beginning + name);
            else {
                List<StoredTensor> parts = held.parts(tensor);
                for (int i = 0; i < parts.size(); i++)
                    named.put(held.modules().get(i) + name.substring(end), parts.get(i));
            }
        });
        return named;
    }

    /**
     * The settings of a {@code T5EncoderModel}.
     *
     * @throws IllegalArgumentException if there is no such encoder
     */
    ObjectNode t5() {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "t5");
        String table = theirs.containsKey(TOKENS) ? TOKENS : "encoder.embed_tokens.weight";
        String bias = FIRST + "0.SelfAttention.relative_attention_bias.weight";
        boolean gated = theirs.containsKey(FIRST + "1.DenseReluDense.wi_0.weight");
        int heads = size(bias, 1), layers = 0;
        while (theirs.containsKey("encoder.block." + layers + ".layer.0.SelfAttention.q.weight")) layers++;
        config.put("vocab_size", size(table, 0)).put("d_model", size(table, 1)).put("num_layers", layers);
        config.put("num_heads", heads).put("relative_attention_num_buckets", size(bias, 0));
        config.put("d_kv", size(FIRST + "0.SelfAttention.q.weight", 0) / Math.max(1, heads));
        config.put("d_ff", size(FIRST + "1.DenseReluDense." + (gated ? "wi_0" : "wi") + ".weight", 0));
        return config.put("feed_forward_proj", gated ? "gated-gelu" : "relu");
    }

    private int size(String name, int dimension) {
        StoredTensor weight = theirs.get(name);
        if (weight == null) throw new IllegalArgumentException("it has no " + beginning + name);
        if (weight.dim() <= dimension || weight.size(dimension) > 1 << 24)
            throw new IllegalArgumentException(beginning + name + " is no such weight: " + weight);
        return (int) weight.size(dimension);
    }
}
