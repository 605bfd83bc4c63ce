package dev.calotype.nn.transformer;

import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.AxisAttention.Axis;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A block of a transformer encoder for the tokens of clips, in which no token looks at tokens of another moment and another place at
 * once (Arnab et al. 2021, models 3 and 4). Parameter names are those of {@link TransformerBlock}, which it becomes without time;
 * what model 3 has besides is called {@code time.norm} and {@code time.attn}.
 */
public final class FactorisedBlock extends Module {
    /** How attention is divided. */
    public enum Division {
        /** One attention in time, then one in space (model 3). */
        TIME_THEN_SPACE,
        /** One attention in space, then one in time (model 3). */
        SPACE_THEN_TIME,
        /** One attention, half of whose heads look in space, the others in time (model 4). */
        HEADS
    }

    /** One attention with its normalisation. */
    private record Branch(LayerNormImpl norm, AxisAttention attention) {}

    private final List<Branch> branches = new ArrayList<>();
    private final Layers time = new Layers("time");
    private final LayerNormImpl norm2;
    private final Mlp mlp;
    private final Dropout dropout;
    private final StochasticDepth depth;

    /**
     * @param config of which sight and layer scale are not asked
     * @param stochasticDepth the probability that a clip passes a branch by, in [0, 1)
     */
    public FactorisedBlock(TransformerBlock.Config config, Division division, Dropout dropout, double stochasticDepth) {
        super("FactorisedBlock");
        this.dropout = dropout;
        depth = new StochasticDepth(dropout, stochasticDepth);
        int width = config.width();
        Axis[] axes = division == Division.HEADS ? new Axis[] {Axis.SPACE, Axis.TIME} : new Axis[] {Axis.SPACE};
        branches.add(new Branch(
                register_module("norm1", LayerNorm.of(width, config.epsilon())),
                register_module("attn", new AxisAttention(width, config.heads(), axes))));
        if (division != Division.HEADS) {
            register_module("time", time);
            branches.add(
                    division == Division.SPACE_THEN_TIME ? 1 : 0,
                    new Branch(
                            time.add("norm", LayerNorm.of(width, config.epsilon())),
                            time.add("attn", new AxisAttention(width, config.heads(), Axis.TIME))));
        }
        norm2 = register_module("norm2", LayerNorm.of(width, config.epsilon()));
        mlp = register_module("mlp", new Mlp(width, config.hidden(), config.activation(), dropout));
    }

    /**
     * Lets the attention in time of model 3 begin as nothing, so that the block begins as one for images. Of its weights the last map
     * alone is 0: with all of them 0, as the paper has it, no gradient would ever reach them.
     */
    public void silenceTime() {
        try (NoGradGuard guard = new NoGradGuard()) {
            for (Branch branch : branches)
                if (branches.size() > 1 && branch.attention.alongTime())
                    Scope.run(() -> {
                        branch.attention.output().weight().zero_();
                        branch.attention.output().bias().zero_();
                    });
        }
    }

    /**
     * @param x (N, T S, D)
     * @param frames T
     */
    public Tensor forward(Tensor x, long frames) {
        return Scope.tidy(() -> {
            Tensor h = x; // (N, T S, D)
            for (Branch branch : branches) h = attended(branch, h, frames); // (N, T S, D)
            return h.add(depth.apply(mlp.forward(norm2.forward(h)))); // (N, T S, D)
        });
    }

    private Tensor attended(Branch branch, Tensor x, long frames) {
        return Scope.tidy(() -> {
            Tensor apart = apart(branch.norm.forward(x), frames); // (N, T, S, D)
            Tensor mixed = branch.attention.forward(apart).reshape(x.size(0), x.size(1), x.size(2)); // (N, T S, D)
            return x.add(depth.apply(dropout.apply(mixed))); // (N, T S, D)
        });
    }

    private static Tensor apart(Tensor x, long frames) {
        return x.reshape(x.size(0), frames, x.size(1) / frames, x.size(2)); // (N, T, S, D)
    }

    /**
     * One step of attention roll-out, from the tokens that come out of the block to those that go in.
     *
     * @param x what goes in, (N, T S, D)
     * @param shares of each token in what comes out, (N, T, S)
     * @return the same of what goes in
     */
    public Tensor rollOut(Tensor x, Tensor shares) {
        long frames = shares.size(1);
        return Scope.tidy(() -> {
            List<Tensor> before = new ArrayList<>();
            Tensor h = x;
            for (Branch branch : branches) {
                before.add(branch.norm.forward(h)); // (N, T S, D)
                h = attended(branch, h, frames); // (N, T S, D)
            }
            Tensor found = shares;
            for (int i = branches.size() - 1; i >= 0; i--)
                found = branches.get(i).attention.rollOut(apart(before.get(i), frames), found); // (N, T, S)
            return found;
        });
    }
}
