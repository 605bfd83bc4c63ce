package dev.calotype.model.dit;

import dev.calotype.model.latent.Told;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.ModulatedBlock;
import dev.calotype.nn.transformer.ModulatedBlock.Attentions;
import dev.calotype.nn.transformer.ModulatedBlock.Shape;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The transformer of Stable Diffusion 3 and 3.5 (MMDiT, Esser et al. 2024), which looks at the tokens of a text and is told a vector of it.
 */
public final class LatentTransformer extends Module {
    private static final int HIDDEN = 4; // values between the layers of an MLP over the width

    private final LatentTransformerConfig config;
    private final Recomputation recomputation = new Recomputation(new Dropout(0));
    private final DitTrunk trunk;
    private final DitTime time;
    private final Layers vector = new Layers("vector_embed");
    private final LinearImpl vector1, vector2, context;
    private final Tensor table; // (1, places places, D)

    /** A network whose weights are still to be read. */
    public LatentTransformer(LatentTransformerConfig config) {
        super("LatentTransformer");
        this.config = config;
        int width = config.width();
        time = new DitTime(this, width, 0);
        register_module("vector_embed", vector);
        vector1 = vector.add("0", Blank.linear(config.pooled(), width));
        vector2 = vector.add("2", Blank.linear(width, width));
        context = register_module("context_embedder", Blank.linear(config.tokens(), width));
        Allowance.take((long) config.places() * config.places(), width);
        table = Device.CPU.zeros(1, (long) config.places() * config.places(), width);
        register_parameter("pos_embed", table);
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
        trunk.require(x);
        require(told.tokens(), "tokens of a text", config.tokens());
        require(told.pooled(), "a vector of a text", config.pooled());
        return Scope.inference(() -> {
            Tensor pooled = told.pooled().to(trunk.type()); // (N, P)
            Tensor e = time.forward(times, trunk.type())
                    .add(vector2.forward(torch.silu(vector1.forward(pooled)))); // (N, D)
            Tensor tokens = context.forward(told.tokens().to(trunk.type())); // (N, K, D)
            return trunk.forward(x, this::middle, torch.silu(e), tokens, recomputation); // (N, out, h, w)
        });
    }

    private static void require(Tensor told, String what, int width) {
        if (told == null || told.size(-1) != width)
            throw new IllegalArgumentException("the network wants " + what + " with " + width + " values: "
                    + (told == null ? "none" : Arrays.toString(Tensors.shape(told))));
    }

    /** The middle of the table, (1, rows columns, D). */
    private Tensor middle(int rows, int columns) {
        int all = config.places(), width = config.width();
        if (rows > all || columns > all)
            throw new IllegalArgumentException("latents must have sides of at most " + all * config.patch() + ": "
                    + rows * config.patch() + " x " + columns * config.patch());
        return table.reshape(1, all, all, width)
                .narrow(1, (all - rows) / 2, rows)
                .narrow(2, (all - columns) / 2, columns)
                .reshape(1, (long) rows * columns, width); // (1, L, D)
    }
}
