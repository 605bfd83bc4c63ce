package dev.calotype.model.dit;

import dev.calotype.model.latent.Told;
import dev.calotype.model.latent.ToldDenoiser;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.transformer.ModulatedBlock;
import dev.calotype.nn.transformer.ModulatedBlock.Attentions;
import dev.calotype.nn.transformer.ModulatedBlock.Shape;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;

/**
 * The transformer of Stable Diffusion 3 and 3.5 (MMDiT, Esser et al. 2024), which looks at the tokens of a text and is told a vector of it.
 */
public final class LatentTransformer extends ToldDenoiser {
    static final int HIDDEN = 4; // values between the layers of an MLP over the width

    private final LatentTransformerConfig config;
    private final Recomputation recomputation = new Recomputation(new Dropout(0));
    private final DitTrunk trunk;
    private final TimeAndText heard;
    private final LinearImpl context;
    private final PlaceTable table;

    /** A network whose weights are still to be read. */
    public LatentTransformer(LatentTransformerConfig config) {
        super("LatentTransformer");
        this.config = config;
        int width = config.width();
        heard = new TimeAndText(this, config.pooled(), width);
        context = register_module("context_embedder", Blank.linear(config.tokens(), width));
        table = new PlaceTable(this, config.places(), config.patch(), width);
        trunk = new DitTrunk(this, config.in(), config.out(), config.patch(), width);
        Shape shape = new Shape(width, config.heads(), HIDDEN * width, config.norm());
        Dropout none = new Dropout(0);
        for (int i = 0; i < config.depth(); i++) {
            Text text = i == config.depth() - 1 ? Text.JOINT_LAST : Text.JOINT;
            Attentions attentions = i < config.twice() ? Attentions.TWICE : Attentions.ONCE;
            trunk.add(new ModulatedBlock(shape, text, attentions, none), text);
        }
    }

    /** The shape of the network. */
    public LatentTransformerConfig config() {
        return config;
    }

    /**
     * What the network makes of noisy latents, without gradients.
     *
     * @param x (N, in, h, w), with sides that are multiples of the patch
     * @param times (N), in 0..1000
     * @param told with tokens and a vector of each text
     * @return fp32 (N, out, h, w)
     * @throws IllegalArgumentException if sides or channels are others, or something that it must be told is missing
     */
    public Tensor forward(Tensor x, Tensor times, Told told) {
        return forward(x, times, told, List.of());
    }

    /**
     * The same, steered.
     *
     * @param steering what is added to the tokens of the latents behind all blocks but the last, (N, L, D) each: every list is spread over
     *     the blocks in equal runs
     */
    public Tensor forward(Tensor x, Tensor times, Told told, List<List<Tensor>> steering) {
        return Scope.inference(() -> predicted(x, times, told, steering));
    }

    @Override
    public Tensor learn(Tensor x, Tensor times, Told told) {
        return Scope.tidy(() -> predicted(x, times, told, List.of()));
    }

    @Override
    public void recompute(Policy policy) {
        recomputation.policy(policy);
    }

    private Tensor predicted(Tensor x, Tensor times, Told told, List<List<Tensor>> steering) {
        trunk.require(x);
        TimeAndText.require(told.tokens(), "tokens of a text", config.tokens());
        Tensor e = heard.forward(times, told, trunk.type()); // (N, D)
        Tensor tokens = context.forward(told.tokens().to(trunk.type())); // (N, K, D)
        return trunk.forward(x, table::middle, e, tokens, new DitTrunk.Way(recomputation, steering)); // (N, out, h, w)
    }

    /** The tokens of latents at their places, (N, L, D) of (N, in, h, w). */
    Tensor embedded(Tensor x) {
        return trunk.embedded(x, table::middle);
    }
}
