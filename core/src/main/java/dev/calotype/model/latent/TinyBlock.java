package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A block of TAESD: three convolutions beside what comes in, and ReLU; before them, where it is pooled, a branch that is normalised
 * over the whole picture.
 */
final class TinyBlock extends Module {
    private static final BlockStyle POOL = new BlockStyle(4, 1e-5, Activation.RELU, 1);
    private static final int WIDER = 4;

    private final Activation activation;
    private final Layers conv = new Layers("conv"), pool = new Layers("pool");
    private final Conv2dImpl first, second, third;
    private final Conv2dImpl wide, narrow; // null without a pool
    private final GroupNormImpl norm;

    TinyBlock(int width, Activation activation, boolean pooled) {
        super("TinyBlock");
        this.activation = activation;
        register_module("conv", conv);
        first = conv.add("0", Convolutions.same(width, width, 3));
        second = conv.add("2", Convolutions.same(width, width, 3));
        third = conv.add("4", Convolutions.same(width, width, 3));
        int inner = WIDER * width;
        if (pooled) register_module("pool", pool);
        wide = pooled ? pool.add("0", Convolutions.unbiased(width, inner, 1)) : null;
        norm = pooled ? pool.add("1", GroupNorm.of(inner, POOL)) : null;
        narrow = pooled ? pool.add("3", Convolutions.unbiased(inner, width, 1)) : null;
    }

    /** (N, C, H, W) to the same. */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor seen = wide == null
                    ? x
                    : x.add(narrow.forward(torch.relu(GroupNorm.apply(norm, wide.forward(x))))); // (N, C, H, W)
            Tensor h = activation.apply(second.forward(activation.apply(first.forward(seen)))); // (N, C, H, W)
            return torch.relu(third.forward(h).add(seen)); // (N, C, H, W)
        });
    }
}
