package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.model.UNet;
import dev.calotype.model.UNet.Resampling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One level of a diffusers U-Net on its way down or up.
 *
 * @param attends whether attention follows each residual block
 * @param resampling how the level leads to the next one; null at the end of the way
 */
record DiffusersBlock(boolean attends, Resampling resampling) {
    /** From fine to coarse, or back. */
    enum Way {
        DOWN("down_block_types", "downsample_type", "DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D"),
        UP("up_block_types", "upsample_type", "UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D");

        private final String blocks;
        private final String resampler;
        private final String plain;
        private final String attention;
        private final String residual;

        Way(String blocks, String resampler, String plain, String attention, String residual) {
            this.blocks = blocks;
            this.resampler = resampler;
            this.plain = plain;
            this.attention = attention;
            this.residual = residual;
        }

        /** The levels in the order of this way. */
        List<DiffusersBlock> read(DiffusersSettings settings, int levels) throws IOException {
            Map<String, Resampling> kinds = Map.of("conv", Resampling.CONVOLUTION, "resnet", Resampling.RESIDUAL);
            Resampling afterAttention = settings.choice(resampler, "conv", kinds);
            List<String> types = settings.texts(blocks, defaults());
            if (types.size() != levels) throw new IOException(blocks + " must name " + levels + " levels: " + types);
            List<DiffusersBlock> read = new ArrayList<>();
            for (String type : types) {
                boolean attends = type.equals(attention);
                if (!attends && !type.equals(plain) && !type.equals(residual))
                    throw new IOException(blocks + " must be " + plain + ", " + attention + " or " + residual + ": "
                            + HeaderReader.quoted(type));
                Resampling kind = type.equals(residual) ? Resampling.RESIDUAL : Resampling.CONVOLUTION;
                if (attends) kind = afterAttention;
                read.add(new DiffusersBlock(attends, read.size() == levels - 1 ? null : kind));
            }
            return read;
        }

        private List<String> defaults() {
            return this == DOWN
                    ? List.of(plain, attention, attention, attention)
                    : List.of(attention, attention, attention, plain);
        }

        void write(ObjectNode json, UNet.Config config) {
            boolean convolution = config.resampling() == Resampling.CONVOLUTION;
            json.put(resampler, convolution ? "conv" : "resnet");
            ArrayNode types = json.putArray(blocks);
            int levels = config.multipliers().size();
            for (int i = 0; i < levels; i++) {
                int factor = 1 << (this == DOWN ? i : levels - 1 - i);
                if (config.attention().contains(factor)) types.add(attention);
                else types.add(convolution ? plain : residual);
            }
        }
    }

    /** The one way in which all levels are joined. */
    static Resampling resampling(List<DiffusersBlock> down, List<DiffusersBlock> up) throws IOException {
        Resampling common = null;
        for (List<DiffusersBlock> way : List.of(down, up))
            for (DiffusersBlock block : way) {
                if (block.resampling == null) continue;
                if (common != null && common != block.resampling)
                    throw new IOException("down_block_types and up_block_types must resample in one way,"
                            + " by convolutions or by residual blocks");
                common = block.resampling;
            }
        return common == null ? Resampling.CONVOLUTION : common;
    }
}
