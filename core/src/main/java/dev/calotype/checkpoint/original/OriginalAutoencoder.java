package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The autoencoder of a file, whose decoder counts levels from the finest on, and in diffusers from the coarsest. */
final class OriginalAutoencoder {
    private static final Pattern LEVEL = Pattern.compile(
            "(?:encoder\\.down|decoder\\.up)\\.(\\d{1,2})\\.(block\\.\\d{1,2}|(?:down|up)sample)\\.(.+)");
    private static final Pattern MIDDLE = Pattern.compile("(encoder|decoder)\\.mid\\.(block_1|block_2|attn_1)\\.(.+)");
    private static final Pattern END = Pattern.compile(
            "((encoder|decoder)\\.(conv_in|norm_out|conv_out)|quant_conv|post_quant_conv)\\.(weight|bias)");
    private static final Map<String, String> ATTENTION =
            Map.of("norm.", "group_norm.", "q.", "to_q.", "k.", "to_k.", "v.", "to_v.", "proj_out.", "to_out.0.");

    private final Map<String, StoredTensor> theirs;
    private final int levels;

    /** @param theirs by their names behind {@code first_stage_model.} */
    OriginalAutoencoder(Map<String, StoredTensor> theirs) {
        this.theirs = theirs;
        int count = 0;
        while (theirs.containsKey("encoder.down." + count + ".block.0.conv1.weight")) count++;
        levels = count;
    }

    private String name(String theirName) {
        if (END.matcher(theirName).matches()) return theirName.replace(".norm_out.", ".conv_norm_out.");
        Matcher middle = MIDDLE.matcher(theirName), level = LEVEL.matcher(theirName);
        if (middle.matches()) {
            String half = middle.group(1) + ".mid_block.", rest = middle.group(3);
            if (!middle.group(2).equals("attn_1"))
                return half + "resnets." + (middle.group(2).equals("block_1") ? 0 : 1) + "." + residual(rest);
            for (Map.Entry<String, String> part : ATTENTION.entrySet())
                if (rest.startsWith(part.getKey()))
                    return half + "attentions.0." + part.getValue()
                            + rest.substring(part.getKey().length());
            return null;
        }
        if (!level.matches()) return null;
        boolean encoder = theirName.startsWith("encoder");
        int index = Integer.parseInt(level.group(1));
        String half = encoder ? "encoder.down_blocks." + index : "decoder.up_blocks." + (levels - 1 - index);
        String part = level.group(2);
        return part.startsWith("block.")
                ? half + ".resnets." + part.substring("block.".length()) + "." + residual(level.group(3))
                : half + "." + part + "rs.0." + level.group(3);
    }

    private static String residual(String rest) {
        return rest.replace("nin_shortcut.", "conv_shortcut.");
    }

    /** The settings, with what latents are multiplied by after {@code shift} is taken from them. */
    ObjectNode config(double scale, double shift) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("_class_name", "AutoencoderKL").put("scaling_factor", scale).put("shift_factor", shift);
        config.put("in_channels", size("encoder.conv_in.weight", 1))
                .put("out_channels", size("decoder.conv_out.weight", 0));
        config.put("latent_channels", size("decoder.conv_in.weight", 1));
        ArrayNode widths = config.putArray("block_out_channels");
        ArrayNode down = config.putArray("down_block_types"), up = config.putArray("up_block_types");
        for (int level = 0; level < levels; level++) {
            widths.add(size("encoder.down." + level + ".block.0.conv1.weight", 0));
            down.add("DownEncoderBlock2D");
            up.add("UpDecoderBlock2D");
        }
        int blocks = 0;
        while (theirs.containsKey("encoder.down.0.block." + blocks + ".conv1.weight")) blocks++;
        config.put("layers_per_block", blocks);
        config.put("mid_block_add_attention", theirs.containsKey("encoder.mid.attn_1.q.weight"));
        config.put("use_quant_conv", theirs.containsKey("quant_conv.weight"));
        config.put("use_post_quant_conv", theirs.containsKey("post_quant_conv.weight"));
        return config;
    }

    private int size(String name, int dimension) {
        StoredTensor weight = theirs.get(name);
        if (weight == null || weight.dim() <= dimension || weight.size(dimension) > 1 << 20)
            throw new IllegalArgumentException("it has no first_stage_model." + name + " of a convolution");
        return (int) weight.size(dimension);
    }

    /** The weights by the names of diffusers; names that are none are added to {@code left}. */
    Map<String, StoredTensor> weights(List<String> left) {
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        theirs.forEach((theirName, tensor) -> {
            String name = name(theirName);
            if (name == null || named.put(name, tensor) != null) left.add("first_stage_model." + theirName);
        });
        return named;
    }
}
