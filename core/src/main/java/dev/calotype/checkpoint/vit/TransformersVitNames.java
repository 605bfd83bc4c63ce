package dev.calotype.checkpoint.vit;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.Quoted;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * Between the names of transformers' vision transformers and ours. Files have the names that transformers had before version 5;
 * what it holds in memory since, and {@code torch.save} of a state dict writes, has others. Both are read.
 */
final class TransformersVitNames {
    private static final Pattern BLOCK =
            Pattern.compile("(?:encoder\\.layer|layers)\\.(\\d{1,6})\\.(.+)\\.([a-z0-9]+)");
    private static final List<String> PARTS = List.of("query", "key", "value");

    /** Layers of a block: theirs, ours. The first of several is what files have. */
    private static final Map<String, String> VIT = ordered(
            "layernorm_before", "norm1",
            "attention.attention.query", "query",
            "attention.attention.key", "key",
            "attention.attention.value", "value",
            "attention.output.dense", "attn.proj",
            "layernorm_after", "norm2",
            "intermediate.dense", "mlp.fc1",
            "output.dense", "mlp.fc2");

    private static final Map<String, String> DINO = ordered(
            "norm1", "norm1",
            "attention.attention.query", "query",
            "attention.attention.key", "key",
            "attention.attention.value", "value",
            "attention.output.dense", "attn.proj",
            "layer_scale1", "ls1",
            "norm2", "norm2",
            "mlp.fc1", "mlp.fc1",
            "mlp.fc2", "mlp.fc2",
            "layer_scale2", "ls2");

    private static final Map<String, String> IN_MEMORY = Map.of(
            "attention.q_proj", "query",
            "attention.k_proj", "key",
            "attention.v_proj", "value",
            "attention.o_proj", "attn.proj");

    private static final Map<String, String> OUTSIDE = ordered(
            "embeddings.cls_token", "cls_token",
            "embeddings.distillation_token", "dist_token",
            "embeddings.register_tokens", "reg_token",
            "embeddings.position_embeddings", "pos_embed",
            "embeddings.patch_embeddings.projection.weight", "patch_embed.proj.weight",
            "embeddings.patch_embeddings.projection.bias", "patch_embed.proj.bias",
            "layernorm.weight", "norm.weight",
            "layernorm.bias", "norm.bias");

    private final String family;

    /** @param family the {@code model_type} of the config */
    TransformersVitNames(String family) {
        this.family = family;
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
        return map;
    }

    private boolean dino() {
        return family.startsWith("dinov2");
    }

    /** Our weights made of theirs; what only pre-training or another task uses is left out. */
    Map<String, StoredTensor> toOurs(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new TreeMap<>();
        theirs.forEach((full, tensor) -> {
            String name = full.startsWith(family + ".") ? full.substring(family.length() + 1) : full;
            if (name.equals("embeddings.mask_token") || name.startsWith("pooler.")) return;
            Matcher block = BLOCK.matcher(name);
            if (!block.matches()) {
                put(ours, outside(name), full, tensor);
                return;
            }
            String prefix = "blocks." + block.group(1) + ".";
            String layer = layer(block.group(2));
            String kind = block.group(3).equals("lambda1") ? "gamma" : block.group(3);
            int part = PARTS.indexOf(layer);
            if (part < 0) put(ours, prefix + layer + "." + kind, full, tensor);
            else
                parts.computeIfAbsent(prefix + "attn.qkv." + kind, key -> new StoredTensor[PARTS.size()])[part] =
                        tensor;
        });
        parts.forEach((name, three) -> {
            for (int i = 0; i < three.length; i++)
                if (three[i] == null)
                    throw new IllegalArgumentException(
                            name.replace("attn.qkv", "attention") + " lacks the " + PARTS.get(i));
            put(ours, name, name, StoredTensor.of(List.of(three), read -> Tensors.cat(0, read)));
        });
        return ours;
    }

    private static void put(Map<String, StoredTensor> ours, String name, String theirs, StoredTensor tensor) {
        if (ours.put(name, tensor) != null)
            throw new IllegalArgumentException("two weights become " + name + ", one of them " + Quoted.name(theirs));
    }

    private static String outside(String name) {
        if (name.matches("(cls_)?classifier\\.(weight|bias)")) return "head" + name.substring(name.lastIndexOf('.'));
        if (name.startsWith("distillation_classifier.")) return "head_dist" + name.substring(name.lastIndexOf('.'));
        return OUTSIDE.getOrDefault(name, name);
    }

    private String layer(String theirs) {
        String ours = (dino() ? DINO : VIT).get(theirs);
        return ours != null ? ours : IN_MEMORY.getOrDefault(theirs, theirs);
    }

    /** Their weights, named as in files, made of ours. */
    Map<String, Tensor> toTheirs(Map<String, Tensor> ours) {
        Map<String, String> layers = new TreeMap<>();
        (dino() ? DINO : VIT).forEach((theirs, our) -> layers.put(our, theirs));
        Map<String, String> outside = new TreeMap<>();
        OUTSIDE.forEach((theirs, our) -> outside.put(our, family + "." + theirs));
        boolean teacher = ours.containsKey("head_dist.weight");
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        ours.forEach((name, tensor) -> {
            String kind = name.substring(name.lastIndexOf('.') + 1);
            Matcher block = Pattern.compile("blocks\\.(\\d+)\\.(.+)\\.[a-z]+").matcher(name);
            if (!block.matches()) {
                String classifier = name.startsWith("head_dist.")
                        ? "distillation_classifier."
                        : teacher ? "cls_classifier." : "classifier.";
                theirs.put(name.startsWith("head") ? classifier + kind : outside.get(name), tensor);
                return;
            }
            String prefix = family + ".encoder.layer." + block.group(1) + ".";
            if (block.group(2).equals("attn.qkv")) {
                Tensor[] three = Tensors.chunk(tensor, PARTS.size(), 0);
                for (int i = 0; i < three.length; i++)
                    theirs.put(prefix + layers.get(PARTS.get(i)) + "." + kind, three[i].contiguous());
            } else {
                theirs.put(
                        prefix + layers.get(block.group(2)) + "." + (kind.equals("gamma") ? "lambda1" : kind), tensor);
            }
        });
        return theirs;
    }
}
