package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The denoiser of a file: blocks that are counted through, which diffusers counts level by level. */
final class OriginalUNet {
    private static final int HEAD = 64, HEADS = 8, MOST = 1000;
    private static final Pattern BLOCK = Pattern.compile("(input|output)_blocks\\.(\\d{1,3})\\.(\\d)\\.(.+)");
    private static final Pattern MIDDLE = Pattern.compile("middle_block\\.([012])\\.(.+)");
    /** Beginnings of names of what is no block, and what diffusers has for them. */
    static final Map<String, String> ENDS = Map.of(
            "time_embed.0.", "time_embedding.linear_1.",
            "time_embed.2.", "time_embedding.linear_2.",
            "label_emb.0.0.", "add_embedding.linear_1.",
            "label_emb.0.2.", "add_embedding.linear_2.",
            "input_blocks.0.0.", "conv_in.",
            "out.0.", "conv_norm_out.",
            "out.2.", "conv_out.");
    /** The same within a residual block. */
    static final Map<String, String> RESIDUAL = Map.of(
            "in_layers.0.", "norm1.",
            "in_layers.2.", "conv1.",
            "emb_layers.1.", "time_emb_proj.",
            "out_layers.0.", "norm2.",
            "out_layers.3.", "conv2.",
            "skip_connection.", "conv_shortcut.");

    /** Where a block is among those of its level. */
    private record Place(int level, int layer) {}

    private final Map<String, StoredTensor> theirs;
    private final String beginning; // of their names in the file
    private final List<Integer> blocks = new ArrayList<>(); // of each level, on the way down
    private final List<Place> down = new ArrayList<>(), up = new ArrayList<>();

    /**
     * @param beginning of their names in the file, such as {@code model.diffusion_model.}
     * @param theirs by their names behind it
     */
    OriginalUNet(String beginning, Map<String, StoredTensor> theirs) {
        this.beginning = beginning;
        this.theirs = theirs;
        down.add(new Place(0, 0)); // the convolution that comes in
        int layer = 0;
        for (int i = 1; i < MOST && (has("input_blocks." + i + ".0.in_layers.2.weight") || halves(i)); i++) {
            down.add(new Place(blocks.size(), layer++));
            if (!halves(i)) continue;
            blocks.add(layer - 1);
            layer = 0;
        }
        blocks.add(layer);
        for (int level = 0; level < blocks.size(); level++)
            for (int i = 0; i <= blocks.get(blocks.size() - 1 - level); i++) up.add(new Place(level, i));
    }

    boolean has(String name) {
        return theirs.containsKey(name);
    }

    private boolean halves(int block) {
        return has("input_blocks." + block + ".0.op.weight");
    }

    /** The name of a weight in diffusers; null where there is none. */
    String name(String theirName) {
        for (Map.Entry<String, String> end : ENDS.entrySet())
            if (theirName.startsWith(end.getKey()))
                return end.getValue() + theirName.substring(end.getKey().length());
        Matcher middle = MIDDLE.matcher(theirName), block = BLOCK.matcher(theirName);
        if (middle.matches()) {
            int part = Integer.parseInt(middle.group(1));
            return part == 1
                    ? "mid_block.attentions.0." + middle.group(2)
                    : residual("mid_block.resnets." + part / 2 + ".", middle.group(2));
        }
        if (!block.matches()) return null;
        boolean in = block.group(1).equals("input");
        int index = Integer.parseInt(block.group(2)), part = Integer.parseInt(block.group(3));
        if (index >= (in ? down : up).size()) return null;
        Place place = (in ? down : up).get(index);
        String level = (in ? "down_blocks." : "up_blocks.") + place.level() + ".", rest = block.group(4);
        if (in && part == 0 && rest.startsWith("op.")) return level + "downsamplers.0.conv." + rest.substring(3);
        if (!in && part > 0 && rest.startsWith("conv.")) return level + "upsamplers.0." + rest;
        if (part == 0) return residual(level + "resnets." + place.layer() + ".", rest);
        return part == 1 ? level + "attentions." + place.layer() + "." + rest : null;
    }

    private static String residual(String block, String rest) {
        for (Map.Entry<String, String> part : RESIDUAL.entrySet())
            if (rest.startsWith(part.getKey()))
                return block + part.getValue() + rest.substring(part.getKey().length());
        return null;
    }

    /**
     * The settings that weights do not say in diffusers.
     *
     * @param pooled the width of a text's vector, which is added with sizes; 0 for none
     * @param sizes how many numbers are told of sizes
     * @throws IllegalArgumentException if there is no such denoiser
     */
    ObjectNode config(int sample, int pooled, int sizes) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("_class_name", "UNet2DConditionModel").put("sample_size", sample);
        config.put("in_channels", size("input_blocks.0.0.weight", 1)).put("out_channels", size("out.2.weight", 0));
        way(config, pooled, sizes);
        ArrayNode up = config.putArray("up_block_types");
        config.get("down_block_types")
                .forEach(type -> up.insert(0, type.asText().replace("DownBlock2D", "UpBlock2D")));
        return config;
    }

    /** The settings of the way down and the middle. */
    void way(ObjectNode config, int pooled, int sizes) {
        ArrayNode widths = config.putArray("block_out_channels"), types = config.putArray("down_block_types");
        ArrayNode layers = config.putArray("layers_per_block");
        ArrayNode depths = config.putArray("transformer_layers_per_block"),
                heads = config.putArray("attention_head_dim");
        int middle = depth("middle_block.1."), first = 1;
        boolean linear = weight("middle_block.1.proj_in.weight").dim() == 2;
        for (int level = 0; level < blocks.size(); level++) {
            int width = size("input_blocks." + first + ".0.in_layers.2.weight", 0);
            int depth = depth("input_blocks." + first + ".1.");
            boolean last = level == blocks.size() - 1;
            if (last && depth > 0 && depth != middle)
                throw new IllegalArgumentException(
                        "the middle has " + middle + " transformer blocks and the last level " + depth);
            widths.add(width);
            types.add(depth > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D");
            layers.add(blocks.get(level));
            depths.add(last ? middle : Math.max(1, depth));
            heads.add(linear ? Math.max(1, width / HEAD) : HEADS);
            first += blocks.get(level) + 1;
        }
        config.put("use_linear_projection", linear);
        config.put("cross_attention_dim", size("middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1));
        if (has("label_emb.0.0.weight")) {
            int width = size("label_emb.0.0.weight", 1);
            config.put("addition_embed_type", "text_time").put("projection_class_embeddings_input_dim", width);
            config.put("addition_time_embed_dim", Math.max(0, width - pooled) / sizes);
        }
    }

    private StoredTensor weight(String name) {
        StoredTensor weight = theirs.get(name);
        if (weight == null) throw new IllegalArgumentException("it has no " + beginning + name);
        return weight;
    }

    int size(String name, int dimension) {
        StoredTensor weight = weight(name);
        if (weight.dim() <= dimension || weight.size(dimension) > 1 << 20)
            throw new IllegalArgumentException(beginning + name + " is no such weight: " + weight);
        return (int) weight.size(dimension);
    }

    private int depth(String attention) {
        int depth = 0;
        while (has(attention + "transformer_blocks." + depth + ".norm1.weight")) depth++;
        return depth;
    }

    /** The weights by the names of diffusers; names that are none are added to {@code left}. */
    Map<String, StoredTensor> weights(List<String> left) {
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        theirs.forEach((theirName, tensor) -> {
            String name = name(theirName);
            if (name == null || named.put(name, tensor) != null) left.add(beginning + theirName);
        });
        return named;
    }
}
