package dev.calotype.model.dit;

import dev.calotype.model.latent.Told;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.ModulatedBlock;
import dev.calotype.nn.transformer.ModulatedBlock.Attentions;
import dev.calotype.nn.transformer.ModulatedBlock.Shape;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.nn.transformer.PatchEmbedding;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that steers a {@link LatentTransformer} by a picture, as {@link dev.calotype.model.latent.ControlNet} steers a U-Net: blocks of
 * its own see the latents and the picture's, and what each makes is added to the tokens between the blocks of the other.
 */
public final class JointControlNet extends Module {
    /** Where the tokens of latents come from. */
    public enum Embedding {
        /** From layers of its own. */
        OWN,
        /** From the denoiser (Stable Diffusion 3.5 large). */
        OF_THE_DENOISER
    }

    /** What it is told of a text by one of its encodings. */
    public enum Hearing {
        TOLD,
        /** Nothing: of tokens there are no layers, of the vector of a text zeros. */
        NOTHING
    }

    /** How it differs from the denoiser that it steers. */
    public record Manner(Embedding embedding, Hearing tokens, Hearing pooled) {}

    private final LatentTransformerConfig config;
    private final Manner manner;
    private final PatchEmbedding embedder, hints; // the first is null where it has none
    private final PlaceTable table; // null likewise
    private final TimeAndText heard;
    private final LinearImpl context; // null where it hears no tokens
    private final List<ModulatedBlock> blocks = new ArrayList<>();
    private final List<LinearImpl> gates = new ArrayList<>();

    /** A network whose weights are still to be read; of the shape, what goes out does not count. */
    public JointControlNet(LatentTransformerConfig config, Manner manner) {
        super("JointControlNet");
        this.config = config;
        this.manner = manner;
        int width = config.width(), patch = config.patch();
        boolean own = manner.embedding == Embedding.OWN, joint = manner.tokens == Hearing.TOLD;
        embedder =
                own ? register_module("x_embedder", new PatchEmbedding(config.in(), patch, width, Stem.PATCHES)) : null;
        table = own ? new PlaceTable(this, config.places(), patch, width) : null;
        hints = register_module("hint_embedder", new PatchEmbedding(config.in(), patch, width, Stem.PATCHES));
        heard = new TimeAndText(this, config.pooled(), width);
        context = joint ? register_module("context_embedder", Blank.linear(config.tokens(), width)) : null;
        Layers named = register_module("blocks", new Layers("blocks"));
        Layers out = register_module("gates", new Layers("gates"));
        Shape shape = new Shape(width, config.heads(), LatentTransformer.HIDDEN * width, config.norm());
        Dropout none = new Dropout(0);
        for (int i = 0; i < config.depth(); i++) {
            Attentions attentions = i < config.twice() ? Attentions.TWICE : Attentions.ONCE;
            Text text = joint ? Text.JOINT : Text.NONE;
            blocks.add(named.add(String.valueOf(i), new ModulatedBlock(shape, text, attentions, none)));
            gates.add(out.add(String.valueOf(i), Blank.linear(width, width)));
        }
    }

    /** The shape of the network. */
    public LatentTransformerConfig config() {
        return config;
    }

    /** How it differs from the denoiser. */
    public Manner manner() {
        return manner;
    }

    /**
     * What it sees in a picture, which is the same at every step.
     *
     * @param latents of the picture, (1, in, h, w)
     * @return (1, L, D)
     * @throws IllegalArgumentException if it has other channels
     */
    public Tensor sight(Tensor latents) {
        if (latents.size(1) != config.in())
            throw new IllegalArgumentException("the picture's latents must be (1, " + config.in() + ", h, w): "
                    + Arrays.toString(Tensors.shape(latents)));
        return Scope.inference(() -> hints.forward(latents));
    }

    /**
     * What it adds to the tokens between the blocks of a denoiser, without gradients.
     *
     * @param x noisy latents, (N, in, h, w)
     * @param times (N), in 0..1000
     * @param sight {@link #sight} of a picture of the same sides
     * @param scale by how much it acts; 1 as it was trained
     * @return for each of its blocks (N, L, D)
     * @throws IllegalArgumentException if something that it must be told is missing, or of another width
     */
    public List<Tensor> forward(
            LatentTransformer denoiser, Tensor x, Tensor times, Told told, Tensor sight, double scale) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return List.of(Scope.tidyAll(() -> steering(denoiser, x, times, told, sight, scale)));
        }
    }

    private Tensor[] steering(
            LatentTransformer denoiser, Tensor x, Tensor times, Told told, Tensor sight, double scale) {
        int rows = (int) x.size(2) / config.patch(), columns = (int) x.size(3) / config.patch();
        Tensor h = embedder == null
                ? denoiser.embedded(x)
                : embedder.forward(x)
                        .add(Tensors.as(
                                table.middle(rows, columns), gates.get(0).weight())); // (N, L, D)
        long length = h.size(1);
        Told spoken = manner.pooled == Hearing.TOLD
                ? told
                : new Told(told.tokens(), told.pooled().new_zeros(Tensors.shape(told.pooled())), null, null);
        Tensor e = heard.forward(times, spoken, Tensors.dtype(gates.get(0).weight())); // (N, D)
        h = h.add(sight); // (N, L, D)
        if (context != null) {
            TimeAndText.require(told.tokens(), "tokens of a text", config.tokens());
            Tensor tokens =
                    context.forward(Tensors.as(told.tokens(), gates.get(0).weight())); // (N, K, D)
            h = Tensors.cat(1, h, tokens); // (N, L + K, D)
        }
        Tensor[] added = new Tensor[gates.size()];
        for (int i = 0; i < added.length; i++) {
            h = blocks.get(i).forward(h, e, null, length); // (N, L + K, D)
            Tensor picture = h.size(1) == length ? h : h.narrow(1, 0, length);
            Tensor gated = gates.get(i).forward(picture); // (N, L, D)
            added[i] = scale == 1 ? gated : Tensors.scale(scale, gated);
        }
        return added;
    }
}
