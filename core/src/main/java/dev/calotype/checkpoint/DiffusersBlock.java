package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.Quoted;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.model.UNetVariant.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One level of a diffusers U-Net on its way down or up.
 *
 * @param blocks whether attention follows each residual block
 * @param by how the level leads to the next one
 */
record DiffusersBlock(Blocks blocks, Resampling by) {
    private static final String OLD_PREFIX = "UNetRes"; // of diffusers before 0.3

    /** From fine to coarse, or back. */
    private enum Way {
        DOWN("down_block_types", "downsample_type", "DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D"),
        UP("up_block_types", "upsample_type", "UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D");

        private final String types;
        private final String resampler;
        private final String plain;
        private final String attention;
        private final String residual;

        Way(String types, String resampler, String plain, String attention, String residual) {
            this.types = types;
            this.resampler = resampler;
            this.plain = plain;
            this.attention = attention;
            this.residual = residual;
        }

        /** The levels in the order of this way. */
        List<DiffusersBlock> read(DiffusersSettings settings, int levels) throws IOException {
            Map<String, Resampling> kinds = Map.of("conv", Resampling.CONVOLUTION, "resnet", Resampling.RESIDUAL);
            Resampling afterAttention =
                    settings.isNull(resampler) ? Resampling.CONVOLUTION : settings.choice(resampler, "conv", kinds);
            List<String> names = settings.texts(types, defaults());
            if (names.size() != levels) throw new IOException(types + " must name " + levels + " levels: " + names);
            List<DiffusersBlock> read = new ArrayList<>();
            for (String given : names) {
                String name = given.startsWith(OLD_PREFIX) ? given.substring(OLD_PREFIX.length()) : given;
                if (name.equals(attention)) read.add(new DiffusersBlock(Blocks.ATTENTION, afterAttention));
                else if (name.equals(plain)) read.add(new DiffusersBlock(Blocks.PLAIN, Resampling.CONVOLUTION));
                else if (name.equals(residual)) read.add(new DiffusersBlock(Blocks.PLAIN, Resampling.RESIDUAL));
                else
                    throw new IOException(types + " must be " + plain + ", " + attention + " or " + residual + ": "
                            + Quoted.name(given));
            }
            return read;
        }

        private List<String> defaults() {
            return this == DOWN
                    ? List.of(plain, attention, attention, attention)
                    : List.of(attention, attention, attention, plain);
        }

        /** @param levels in the order of this way; the last leads nowhere */
        void write(ObjectNode json, List<DiffusersBlock> levels) {
            TreeSet<Resampling> afterAttention = new TreeSet<>();
            ArrayNode names = json.putArray(types);
            for (int i = 0; i < levels.size(); i++) {
                DiffusersBlock level = levels.get(i);
                boolean attends = level.blocks == Blocks.ATTENTION;
                if (attends && i < levels.size() - 1) afterAttention.add(level.by);
                names.add(attends ? attention : level.by == Resampling.CONVOLUTION ? plain : residual);
            }
            if (afterAttention.size() > 1)
                throw new IllegalArgumentException(
                        "diffusers joins all levels that attend in one way, by convolutions or by residual blocks");
            boolean residually = afterAttention.isEmpty()
                    ? levels.stream().allMatch(level -> level.by == Resampling.RESIDUAL)
                    : afterAttention.contains(Resampling.RESIDUAL);
            json.put(resampler, residually ? "resnet" : "conv");
        }
    }

    /** All levels, finest first. */
    static List<Level> levels(DiffusersSettings settings, List<Integer> widths) throws IOException {
        int count = widths.size();
        List<DiffusersBlock> down = Way.DOWN.read(settings, count);
        List<DiffusersBlock> up = Way.UP.read(settings, count);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DiffusersBlock mirrored = up.get(count - 1 - i);
            levels.add(new Level(widths.get(i), down.get(i).blocks, down.get(i).by, mirrored.blocks, mirrored.by));
        }
        return levels;
    }

    static void write(ObjectNode json, List<Level> levels) {
        List<DiffusersBlock> down = new ArrayList<>();
        List<DiffusersBlock> up = new ArrayList<>();
        for (Level level : levels) {
            down.add(new DiffusersBlock(level.down(), level.downBy()));
            up.add(0, new DiffusersBlock(level.up(), level.upBy()));
        }
        Way.DOWN.write(json, down);
        Way.UP.write(json, up);
    }
}
