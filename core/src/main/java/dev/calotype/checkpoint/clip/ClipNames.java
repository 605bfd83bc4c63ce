package dev.calotype.checkpoint.clip;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/** The names of weights of CLIP and SigLIP, from those of transformers, OpenAI and open_clip to ours. */
final class ClipNames {
    private static final Pattern IGNORED = Pattern.compile(
            "(.*\\.)?(position_ids|attn_mask|input_resolution|context_length|vocab_size|num_batches_tracked)");
    private static final Pattern PART = Pattern.compile("(.+\\.)self_attn\\.([qkv])_proj\\.(weight|bias)");
    private static final Pattern POOL = Pattern.compile("vision_model\\.head\\.attention\\.in_proj_(weight|bias)");

    /** Beginnings of names, or whole names, in the order in which they are tried. */
    private static final Map<String, String> TRANSFORMERS = ordered(
            "vision_model.embeddings.class_embedding", "visual.cls_token",
            "vision_model.embeddings.patch_embedding.", "visual.patch_embed.proj.",
            "vision_model.embeddings.position_embedding.weight", "visual.pos_embed",
            "vision_model.pre_layrnorm.", "visual.norm_pre.",
            "vision_model.post_layernorm.", "visual.norm.",
            "vision_model.head.probe", "visual.attn_pool.latent",
            "vision_model.head.attention.out_proj.", "visual.attn_pool.proj.",
            "vision_model.head.layernorm.", "visual.attn_pool.norm.",
            "vision_model.head.mlp.", "visual.attn_pool.mlp.",
            "vision_model.encoder.layers.", "visual.blocks.",
            "text_model.embeddings.token_embedding.", "text.token_embedding.",
            "text_model.embeddings.position_embedding.weight", "text.positional_embedding",
            "text_model.final_layer_norm.", "text.norm.",
            "text_model.encoder.layers.", "text.blocks.",
            "text_model.head.", "text_projection.");

    private static final Map<String, String> OPENAI = ordered(
            "visual.trunk.", "visual.", // the names of timm, which are ours
            "visual.conv1.", "visual.patch_embed.proj.",
            "visual.class_embedding", "visual.cls_token",
            "visual.positional_embedding", "visual.pos_embed",
            "visual.ln_pre.", "visual.norm_pre.",
            "visual.ln_post.", "visual.norm.",
            "visual.proj", "visual_projection",
            "visual.transformer.resblocks.", "visual.blocks.",
            "text.token_embedding.", "text.token_embedding.",
            "text.positional_embedding", "text.positional_embedding",
            "text.transformer.resblocks.", "text.blocks.",
            "text.ln_final.", "text.norm.",
            "text.text_projection", "text_projection",
            "token_embedding.", "text.token_embedding.",
            "positional_embedding", "text.positional_embedding",
            "transformer.resblocks.", "text.blocks.",
            "ln_final.", "text.norm.");

    private static final Map<String, String> LAYERS = ordered(
            ".layer_norm1.", ".norm1.",
            ".layer_norm2.", ".norm2.",
            ".self_attn.out_proj.", ".attn.proj.",
            ".ln_1.", ".norm1.",
            ".ln_2.", ".norm2.",
            ".attn.in_proj_", ".attn.qkv.",
            ".attn.out_proj.", ".attn.proj.",
            ".mlp.c_fc.", ".mlp.fc1.",
            ".mlp.c_proj.", ".mlp.fc2.");

    private ClipNames() {}

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
        return map;
    }

    /** Our weights made of theirs. */
    static Map<String, StoredTensor> toOurs(Map<String, StoredTensor> theirs) {
        boolean transformers = theirs.keySet().stream().anyMatch(name -> name.matches("(text|vision)_model\\..*"));
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new TreeMap<>();
        theirs.forEach((full, tensor) -> {
            String name = full.startsWith("module.") ? full.substring("module.".length()) : full;
            Matcher part = PART.matcher(name), pool = POOL.matcher(name);
            if (IGNORED.matcher(name).matches()) return;
            if (part.matches())
                parts.computeIfAbsent(
                                renamed(part.group(1), TRANSFORMERS) + "attn.qkv." + part.group(3),
                                key -> new StoredTensor[3])["qkv".indexOf(part.group(2))] = tensor;
            else if (pool.matches()) pooled(ours, pool.group(1), tensor);
            else put(ours, renamed(name, transformers ? TRANSFORMERS : OPENAI), tensor);
        });
        parts.forEach((name, three) -> {
            if (List.of(three[0] != null, three[1] != null, three[2] != null).contains(false))
                throw new IllegalArgumentException(name + " lacks its queries, keys or values");
            put(ours, name, StoredTensor.of(List.of(three), read -> Tensors.cat(0, read)));
        });
        unfold(ours);
        return ours;
    }

    /** Where a weight of a text encoder that transformers calls so stands in ours. */
    static LayerPlace ofText(String theirs) {
        String name = theirs.startsWith("text_model.") ? theirs : "text_model." + theirs;
        Matcher part = PART.matcher(name);
        String ours = part.matches()
                ? renamed(part.group(1), TRANSFORMERS) + "attn.qkv." + part.group(3)
                : renamed(name, TRANSFORMERS);
        String own = ours.substring("text.".length());
        return part.matches() ? new LayerPlace(own, "qkv".indexOf(part.group(2)), 3) : new LayerPlace(own, 0, 1);
    }

    private static String renamed(String name, Map<String, String> names) {
        String ours = name;
        for (Map.Entry<String, String> rule : names.entrySet()) {
            boolean prefix = rule.getKey().endsWith(".");
            if (prefix ? !ours.startsWith(rule.getKey()) : !ours.equals(rule.getKey())) continue;
            ours = rule.getValue() + ours.substring(rule.getKey().length());
            break;
        }
        if (ours.startsWith("text.text_projection.")) return ours.substring("text.".length());
        for (Map.Entry<String, String> rule : LAYERS.entrySet()) ours = ours.replace(rule.getKey(), rule.getValue());
        return ours;
    }

    /** One query alone has a matrix of its own, keys and values share one. */
    private static void pooled(Map<String, StoredTensor> ours, String kind, StoredTensor tensor) {
        long width = tensor.size(0) / 3;
        put(ours, "visual.attn_pool.q." + kind, tensor.changed(x -> x.narrow(0, 0, width)));
        put(ours, "visual.attn_pool.kv." + kind, tensor.changed(x -> x.narrow(0, width, x.size(0) - width)));
    }

    private static void put(Map<String, StoredTensor> ours, String name, StoredTensor tensor) {
        if (ours.put(name, tensor) != null) throw new IllegalArgumentException("two weights become " + name);
    }

    /** What they keep as bare matrices, without batch, or not at all. */
    private static void unfold(Map<String, StoredTensor> ours) {
        ours.computeIfPresent("visual.cls_token", (name, x) -> x.changed(token -> token.reshape(1, 1, -1)));
        ours.computeIfPresent(
                "visual.pos_embed", (name, x) -> x.dim() == 2 ? x.changed(table -> table.unsqueeze(0)) : x);
        for (String projection : List.of("visual_projection", "text_projection")) {
            StoredTensor bare = ours.remove(projection);
            if (bare != null) put(ours, projection + ".weight", bare.changed(Tensor::t));
        }
        StoredTensor patches = ours.get("visual.patch_embed.proj.weight");
        if (patches != null)
            ours.computeIfAbsent("visual.patch_embed.proj.bias", name -> patches.changed(x -> x.new_zeros(x.size(0))));
    }
}
