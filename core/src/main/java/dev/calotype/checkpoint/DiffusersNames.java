package dev.calotype.checkpoint;

import dev.calotype.model.UNet;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.model.UNetVariant.Labels;
import dev.calotype.model.UNetVariant.Level;
import dev.calotype.model.UNetVariant.Middle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of a diffusers UNet2DModel's weights for those of our {@link UNet}, level by level. */
public final class DiffusersNames {
    /** The layers of a residual block: ours, and what diffusers calls them. */
    public static final Map<String, String> RESIDUAL = Map.of(
            "in_layers.0", "norm1",
            "in_layers.2", "conv1",
            "emb_layers.1", "time_emb_proj",
            "out_layers.0", "norm2",
            "out_layers.3", "conv2",
            "skip_connection", "conv_shortcut");

    private static final Map<String, String> ATTENTION = Map.of("norm", "group_norm", "proj_out", "to_out.0");

    private final Map<String, String> prefixes = new LinkedHashMap<>();
    private final List<Block> attentions = new ArrayList<>();

    /** An attention block by both of its names. */
    record Block(String ours, String theirs) {}

    DiffusersNames(UNet.Config config) {
        prefixes.put("time_embed.0", "time_embedding.linear_1");
        prefixes.put("time_embed.2", "time_embedding.linear_2");
        prefixes.put("label_emb", "class_embedding");
        if (config.variant().time().labels() == Labels.LIKE_TIME) {
            prefixes.put("label_emb.0", "class_embedding.linear_1");
            prefixes.put("label_emb.2", "class_embedding.linear_2");
        }
        prefixes.put("input_blocks.0.0", "conv_in");
        Middle.Kind middle = config.variant().middle().kind();
        if (middle != Middle.Kind.NONE) {
            residual("middle_block.0", "mid_block.resnets.0");
            if (middle == Middle.Kind.ATTENTION) attention("middle_block.1", "mid_block.attentions.0");
            residual(middle == Middle.Kind.ATTENTION ? "middle_block.2" : "middle_block.1", "mid_block.resnets.1");
        }
        prefixes.put("out.0", "conv_norm_out");
        prefixes.put("out.2", "conv_out");
        List<Level> levels = config.levels();
        int last = levels.size() - 1, in = 1, out = 0;
        for (int i = 0; i <= last; i++) {
            String down = "down_blocks." + i;
            Level level = levels.get(i);
            for (int j = 0; j < config.blocks(); j++) level("input_blocks." + in++, down, j, level.down());
            if (i < last) resample("input_blocks." + in++ + ".0", ".op", down + ".downsamplers.0", level.downBy());
        }
        for (int i = 0; i <= last; i++) {
            String up = "up_blocks." + i;
            Level level = levels.get(last - i);
            for (int j = 0; j <= config.blocks(); j++) level("output_blocks." + out++, up, j, level.up());
            String sampler = "output_blocks." + (out - 1) + (level.up() == Blocks.ATTENTION ? ".2" : ".1");
            if (i < last) resample(sampler, ".conv", up + ".upsamplers.0", level.upBy());
        }
    }

    private void resample(String ours, String convolution, String theirs, Resampling by) {
        if (by == Resampling.CONVOLUTION) prefixes.put(ours + convolution, theirs + ".conv");
        else residual(ours, theirs);
    }

    /** From our names to theirs; the weights of qkv, which are three in diffusers, are not among them. */
    WeightNames toTheirs() {
        return new WeightNames(prefixes);
    }

    /** The attention blocks, whose qkv is split. */
    List<Block> attentions() {
        return attentions;
    }

    private void level(String ours, String theirs, int block, Blocks blocks) {
        residual(ours + ".0", theirs + ".resnets." + block);
        if (blocks == Blocks.ATTENTION) attention(ours + ".1", theirs + ".attentions." + block);
    }

    private void residual(String ours, String theirs) {
        RESIDUAL.forEach((our, their) -> prefixes.put(ours + "." + our, theirs + "." + their));
    }

    private void attention(String ours, String theirs) {
        ATTENTION.forEach((our, their) -> prefixes.put(ours + "." + our, theirs + "." + their));
        attentions.add(new Block(ours, theirs));
    }
}
