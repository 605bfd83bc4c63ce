package dev.calotype.model.dit;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.ModulatedBlock;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.nn.transformer.ModulatedOutput;
import dev.calotype.nn.transformer.PatchEmbedding;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** From a noisy map to patches, through blocks, and back. Its layers are the network's own, called as in DiT's code. */
final class DitTrunk {
    /** Where tokens are. */
    @FunctionalInterface
    interface Places {
        /** What is added to the tokens of a map of so many patches, fp32 (1, rows columns, D). */
        Tensor of(int rows, int columns);
    }

    /**
     * How blocks are passed.
     *
     * @param steering what is added to the tokens of the map behind blocks, (N, L, D) each, without gradients
     */
    record Way(Recomputation recomputation, List<List<Tensor>> steering) {
        /** Nothing is added. */
        Way(Recomputation recomputation) {
            this(recomputation, List.of());
        }

        /** Adds what belongs behind a block. Each acts on a run of blocks, and none on the last, as in diffusers. */
        private void steer(int block, int depth, Tensor picture) {
            if (block == depth - 1) return;
            for (List<Tensor> one : steering) picture.add_(one.get((int) (block / ((double) depth / one.size()))));
        }
    }

    private final int patch, in;
    private final PatchEmbedding embedder;
    private final Layers named = new Layers("blocks");
    private final List<ModulatedBlock> blocks = new ArrayList<>();
    private final List<Text> texts = new ArrayList<>();
    private final ModulatedOutput output;

    DitTrunk(Module owner, int in, int out, int patch, int width) {
        this.in = in;
        this.patch = patch;
        embedder = owner.register_module("x_embedder", new PatchEmbedding(in, patch, width, Stem.PATCHES));
        owner.register_module("blocks", named);
        output = owner.register_module("final_layer", new ModulatedOutput(width, patch * patch * out));
    }

    void add(ModulatedBlock block, Text text) {
        blocks.add(named.add(String.valueOf(blocks.size()), block));
        texts.add(text);
    }

    /** Makes that blocks add nothing, and that nothing comes out. */
    void startAtZero() {
        if (Blank.wanted()) return;
        blocks.forEach(ModulatedBlock::startAtZero);
        output.startAtZero();
    }

    ScalarType type() {
        return Tensors.dtype(output.weight());
    }

    Device device() {
        return Device.of(output.weight());
    }

    /** Throws IllegalArgumentException unless a map has the channels and sides that can be taken. */
    void require(Tensor x) {
        if (x.dim() != 4 || x.size(1) != in || x.size(2) % patch != 0 || x.size(3) % patch != 0 || x.size(2) == 0)
            throw new IllegalArgumentException("the network wants (N, " + in + ", H, W) with multiples of " + patch
                    + ": " + Arrays.toString(Tensors.shape(x)));
    }

    /**
     * What comes out of a noisy map.
     *
     * @param x (N, in, H, W)
     * @param told SiLU of time and class, (N, D)
     * @param tokens of a text, (N, K, D); null where there are none
     * @return fp32 (N, out, H, W)
     */
    Tensor forward(Tensor x, Places places, Tensor told, Tensor tokens, Way way) {
        int rows = (int) x.size(2) / patch, columns = (int) x.size(3) / patch;
        long length = (long) rows * columns;
        Tensor h = embedded(x, places); // (N, L, D)
        boolean sided = texts.get(0) == Text.ONE_SIDED;
        if (tokens != null && !sided) h = Tensors.cat(1, h, tokens); // (N, L + K, D)
        for (int i = 0; i < blocks.size(); i++) {
            ModulatedBlock block = blocks.get(i);
            h = sided
                    ? way.recomputation.apply(in -> block.forward(in[0], in[1], in[2], length), h, told, tokens)
                    : way.recomputation.apply(
                            in -> block.forward(in[0], in[1], null, length), h, told); // (N, L + K, D)
            if (!way.steering.isEmpty()) way.steer(i, blocks.size(), h.narrow(1, 0, length));
        }
        Tensor picture = h.size(1) == length ? h : h.narrow(1, 0, length); // (N, L, D)
        Tensor out = output.forward(picture, told).to(ScalarType.Float); // (N, L, p p out)
        return unpatched(out, rows, columns); // (N, out, H, W)
    }

    /** The tokens of a map at their places, (N, L, D). */
    Tensor embedded(Tensor x, Places places) {
        int rows = (int) x.size(2) / patch, columns = (int) x.size(3) / patch;
        return Scope.tidy(() -> embedder.forward(x).add(Tensors.as(places.of(rows, columns), output.weight())));
    }

    /** Within a patch values stand row by row, and channels last. */
    private Tensor unpatched(Tensor out, long rows, long columns) {
        long n = out.size(0), channels = out.size(2) / patch / patch;
        return out.reshape(n, rows, columns, patch, patch, channels)
                .permute(0, 5, 1, 3, 2, 4)
                .reshape(n, channels, rows * patch, columns * patch); // (N, out, H, W)
    }
}
