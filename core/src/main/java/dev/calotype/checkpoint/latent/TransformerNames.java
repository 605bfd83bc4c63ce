package dev.calotype.checkpoint.latent;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The weights of transformers of diffusers by our names. */
final class TransformerNames {
    private static final String FIRST = "transformer_blocks.0.norm1.emb.";
    private static final Pattern TELLING = Pattern.compile("transformer_blocks\\.(\\d+)\\.norm1\\.emb\\.(.*)");
    private static final Pattern QKV = Pattern.compile(
            "transformer_blocks\\.(\\d+)\\.(attn|attn1|attn2)\\.(to_|add_)([qkv])(?:_proj)?\\.(weight|bias)");

    /** What begins a name, and ours for it; within a block after its number. */
    private static final Map<String, String> OUTSIDE = Map.ofEntries(
            Map.entry("pos_embed.proj.", "x_embedder.proj."),
            Map.entry("pos_embed.pos_embed", "pos_embed"),
            Map.entry("pos_embed_input.proj.", "hint_embedder.proj."),
            Map.entry("controlnet_blocks.", "gates."),
            Map.entry(FIRST + "timestep_embedder.linear_1.", "time_embed.0."),
            Map.entry(FIRST + "timestep_embedder.linear_2.", "time_embed.2."),
            Map.entry(FIRST + "class_embedder.embedding_table.", "label_emb."),
            Map.entry("time_text_embed.timestep_embedder.linear_1.", "time_embed.0."),
            Map.entry("time_text_embed.timestep_embedder.linear_2.", "time_embed.2."),
            Map.entry("time_text_embed.text_embedder.linear_1.", "vector_embed.0."),
            Map.entry("time_text_embed.text_embedder.linear_2.", "vector_embed.2."),
            Map.entry("proj_out_1.", "final_layer.adaLN_modulation.1."),
            Map.entry("proj_out_2.", "final_layer.linear."),
            Map.entry("norm_out.linear.", "final_layer.adaLN_modulation.1."),
            Map.entry("proj_out.", "final_layer.linear."));

    private static final Map<String, String> INSIDE = Map.ofEntries(
            Map.entry("norm1.linear.", "x.adaLN_modulation.1."),
            Map.entry("norm1_context.linear.", "context.adaLN_modulation.1."),
            Map.entry("attn1.to_out.0.", "x.attn.proj."),
            Map.entry("attn.to_out.0.", "x.attn.proj."),
            Map.entry("attn2.to_out.0.", "x.attn2.proj."),
            Map.entry("attn.to_add_out.", "context.attn.proj."),
            Map.entry("attn.norm_q.", "x.attn.q_norm."),
            Map.entry("attn.norm_k.", "x.attn.k_norm."),
            Map.entry("attn2.norm_q.", "x.attn2.q_norm."),
            Map.entry("attn2.norm_k.", "x.attn2.k_norm."),
            Map.entry("attn.norm_added_q.", "context.attn.q_norm."),
            Map.entry("attn.norm_added_k.", "context.attn.k_norm."),
            Map.entry("ff.net.0.proj.", "x.mlp.fc1."),
            Map.entry("ff.net.2.", "x.mlp.fc2."),
            Map.entry("ff_context.net.0.proj.", "context.mlp.fc1."),
            Map.entry("ff_context.net.2.", "context.mlp.fc2."));

    private TransformerNames() {}

    /** The weights by our names; of what tells blocks of time and class, those of the first. */
    static Map<String, StoredTensor> ours(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        Map<String, StoredTensor[]> parts = new TreeMap<>();
        theirs.forEach((name, tensor) -> {
            Matcher telling = TELLING.matcher(name);
            if (telling.matches() && !telling.group(1).equals("0")) return;
            LayerPlace place = placed(name);
            if (place.parts() == 1) ours.put(place.weight(), tensor);
            else parts.computeIfAbsent(place.weight(), key -> new StoredTensor[place.parts()])[place.part()] = tensor;
        });
        parts.forEach((name, three) -> ours.put(name, LayerNames.joined(name, three)));
        return ours;
    }

    /** Where {@link #ours} puts a weight. */
    static LayerPlace placed(String theirs) {
        Matcher qkv = QKV.matcher(theirs);
        return qkv.matches()
                ? new LayerPlace(qkvName(qkv), "qkv".indexOf(qkv.group(4)), 3)
                : new LayerPlace(renamed(theirs), 0, 1);
    }

    private static String qkvName(Matcher qkv) {
        String stream = qkv.group(3).equals("add_") ? "context" : "x";
        String attention = qkv.group(2).equals("attn2") ? "attn2" : "attn";
        return "blocks." + qkv.group(1) + "." + stream + "." + attention + ".qkv." + qkv.group(5);
    }

    private static String renamed(String name) {
        for (Map.Entry<String, String> known : OUTSIDE.entrySet())
            if (name.startsWith(known.getKey()))
                return known.getValue() + name.substring(known.getKey().length());
        Matcher block = Pattern.compile("transformer_blocks\\.(\\d+)\\.(.*)").matcher(name);
        if (!block.matches()) return name;
        String rest = block.group(2);
        for (Map.Entry<String, String> known : INSIDE.entrySet())
            if (rest.startsWith(known.getKey()))
                rest = known.getValue() + rest.substring(known.getKey().length());
        return "blocks." + block.group(1) + "." + rest;
    }

    /** Layers that diffusers has scale before shift, in our order; the others have shift before scale. */
    static void swapped(Map<String, StoredTensor> ours, String layer) {
        for (String part : List.of("weight", "bias"))
            ours.computeIfPresent(layer + "." + part, (name, tensor) -> tensor.changed(TransformerNames::swapped));
    }

    private static Tensor swapped(Tensor rows) {
        Tensor[] halves = Tensors.chunk(rows, 2, 0);
        return Tensors.cat(0, halves[1], halves[0]);
    }

    /**
     * Refuses blocks that are told of time and class each in its own way, as no trained DiT is.
     *
     * @throws IOException if some are, or a weight cannot be read
     */
    static void requireOneTelling(Map<String, StoredTensor> theirs) throws IOException {
        List<String> others = new ArrayList<>();
        for (Map.Entry<String, StoredTensor> one : theirs.entrySet()) {
            Matcher telling = TELLING.matcher(one.getKey());
            if (!telling.matches() || telling.group(1).equals("0")) continue;
            StoredTensor first = theirs.get(FIRST + telling.group(2));
            boolean shaped =
                    first != null && Arrays.equals(first.shape(), one.getValue().shape());
            if (!shaped || !same(first, one.getValue())) others.add(one.getKey());
        }
        if (!others.isEmpty())
            throw new IOException("all blocks must be told of time and class by the same layers, and these differ from"
                    + " those of the first: " + others);
    }

    private static boolean same(StoredTensor one, StoredTensor other) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return one.read().equal(other.read());
        }
    }
}
