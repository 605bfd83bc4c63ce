package dev.calotype.checkpoint.original;

import dev.calotype.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the layers of Stable Diffusion 3's transformer in diffusers are called in files of one piece, which adapters of kohya's scripts
 * call them too.
 */
public final class OriginalTransformer {
    private static final Map<String, String> OUTSIDE = Map.of(
            "x_embedder.proj", "pos_embed.proj",
            "t_embedder.mlp.0", "time_text_embed.timestep_embedder.linear_1",
            "t_embedder.mlp.2", "time_text_embed.timestep_embedder.linear_2",
            "y_embedder.mlp.0", "time_text_embed.text_embedder.linear_1",
            "y_embedder.mlp.2", "time_text_embed.text_embedder.linear_2",
            "context_embedder", "context_embedder",
            "final_layer.linear", "proj_out");
    private static final String LAST = "final_layer.adaLN_modulation.1", LAST_OF_DIFFUSERS = "norm_out.linear";
    private static final String TOLD = "context_block.adaLN_modulation.1", TOLD_OF_DIFFUSERS = "norm1_context.linear";

    private static final Map<String, List<String>> BLOCK = Map.ofEntries(
            Map.entry("x_block.attn.qkv", List.of("attn.to_q", "attn.to_k", "attn.to_v")),
            Map.entry("x_block.attn2.qkv", List.of("attn2.to_q", "attn2.to_k", "attn2.to_v")),
            Map.entry("context_block.attn.qkv", List.of("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj")),
            Map.entry("x_block.attn.proj", List.of("attn.to_out.0")),
            Map.entry("x_block.attn2.proj", List.of("attn2.to_out.0")),
            Map.entry("context_block.attn.proj", List.of("attn.to_add_out")),
            Map.entry("x_block.attn.ln_q", List.of("attn.norm_q")),
            Map.entry("x_block.attn.ln_k", List.of("attn.norm_k")),
            Map.entry("x_block.attn2.ln_q", List.of("attn2.norm_q")),
            Map.entry("x_block.attn2.ln_k", List.of("attn2.norm_k")),
            Map.entry("context_block.attn.ln_q", List.of("attn.norm_added_q")),
            Map.entry("context_block.attn.ln_k", List.of("attn.norm_added_k")),
            Map.entry("x_block.mlp.fc1", List.of("ff.net.0.proj")),
            Map.entry("x_block.mlp.fc2", List.of("ff.net.2")),
            Map.entry("context_block.mlp.fc1", List.of("ff_context.net.0.proj")),
            Map.entry("context_block.mlp.fc2", List.of("ff_context.net.2")),
            Map.entry("x_block.adaLN_modulation.1", List.of("norm1.linear")),
            Map.entry(TOLD, List.of(TOLD_OF_DIFFUSERS)));

    /** Whether a layer's two halves stand in the order of diffusers. */
    public enum Halves {
        KEPT,
        SWAPPED
    }

    /**
     * What a layer of such a file holds.
     *
     * @param modules the layers of diffusers that it is of, one below the other
     */
    public record Held(List<String> modules, Halves halves) {
        public Held {
            modules = List.copyOf(modules);
        }

        /** The layer, or a tensor of it, of those of diffusers. */
        public StoredTensor whole(List<StoredTensor> parts) {
            StoredTensor whole = StoredTensor.stacked(parts);
            return halves == Halves.KEPT ? whole : swapped(whole);
        }

        /** Those of diffusers of the layer, or of a tensor of it. */
        public List<StoredTensor> parts(StoredTensor whole) {
            if (modules.size() == 1) return List.of(halves == Halves.KEPT ? whole : swapped(whole));
            long rows = rows(whole, modules.size());
            return List.of(whole.rows(0, rows), whole.rows(rows, rows), whole.rows(2 * rows, rows));
        }

        private static StoredTensor swapped(StoredTensor whole) {
            long rows = rows(whole, 2);
            return StoredTensor.stacked(List.of(whole.rows(rows, rows), whole.rows(0, rows)));
        }

        private static long rows(StoredTensor whole, int parts) {
            if (whole.dim() == 0 || whole.size(0) % parts != 0)
                throw new IllegalArgumentException(whole + " does not have rows of " + parts + " layers");
            return whole.size(0) / parts;
        }
    }

    private OriginalTransformer() {}

    /**
     * The layers of a transformer by their names in such a file.
     *
     * @param depth blocks
     */
    public static Map<String, Held> modules(int depth) {
        Map<String, Held> modules = new LinkedHashMap<>();
        OUTSIDE.forEach((theirs, ours) -> modules.put(theirs, new Held(List.of(ours), Halves.KEPT)));
        modules.put(LAST, new Held(List.of(LAST_OF_DIFFUSERS), Halves.SWAPPED));
        for (int i = 0; i < depth; i++) {
            String start = "joint_blocks." + i + ".", block = "transformer_blocks." + i + ".";
            BLOCK.forEach((theirs, ours) -> modules.put(
                    start + theirs, new Held(ours.stream().map(block::concat).toList(), Halves.KEPT)));
            if (i == depth - 1) modules.put(start + TOLD, new Held(List.of(block + TOLD_OF_DIFFUSERS), Halves.SWAPPED));
        }
        return modules;
    }
}
