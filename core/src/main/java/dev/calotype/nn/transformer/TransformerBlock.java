package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Dropout;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A block of a transformer encoder with normalisation before each branch (pre-norm):
 * <pre>
 *     x += gamma1 attention(norm1(x)),    x += gamma2 mlp(norm2(x))
 * </pre>
 * Parameter names follow timm: {@code norm1}, {@code attn}, {@code ls1}, {@code norm2}, {@code mlp}, {@code ls2}.
 */
public final class TransformerBlock extends Module {
    /**
     * The shape of a block.
     *
     * @param width D of a token
     * @param heads of attention, which divide the width
     * @param hidden values between the two layers of the MLP
     * @param epsilon of the normalisations
     * @param layerScale where the factors gamma start; 0 for no factors
     * @param sight which tokens a token looks at
     */
    public record Config(
            int width, int heads, int hidden, Activation activation, double epsilon, double layerScale, Sight sight) {}

    private final LayerNormImpl norm1;
    private final SelfAttention attention;
    private final LayerScale scale1;
    private final LayerNormImpl norm2;
    private final Mlp mlp;
    private final LayerScale scale2;
    private final Dropout dropout;
    private final StochasticDepth depth;

    /**
     * @param dropout of the network
     * @param stochasticDepth the probability that a sample passes a branch by, in [0, 1)
     */
    public TransformerBlock(Config config, Dropout dropout, double stochasticDepth) {
        super("TransformerBlock");
        this.dropout = dropout;
        depth = new StochasticDepth(dropout, stochasticDepth);
        norm1 = register_module("norm1", LayerNorm.of(config.width(), config.epsilon()));
        attention = register_module("attn", new SelfAttention(config.width(), config.heads(), config.sight()));
        scale1 = scale("ls1", config);
        norm2 = register_module("norm2", LayerNorm.of(config.width(), config.epsilon()));
        mlp = register_module("mlp", new Mlp(config.width(), config.hidden(), config.activation(), dropout));
        scale2 = scale("ls2", config);
    }

    private LayerScale scale(String name, Config config) {
        return config.layerScale() == 0
                ? null
                : register_module(name, new LayerScale(config.width(), config.layerScale()));
    }

    /** @param x (N, L, D) */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor attended = dropout.apply(attention.forward(norm1.forward(x))); // (N, L, D)
            Tensor h = x.add(branch(attended, scale1)); // (N, L, D)
            return h.add(branch(mlp.forward(norm2.forward(h)), scale2)); // (N, L, D)
        });
    }

    /** How much each token looks at each other in this block, fp32 (N, heads, L, L). */
    public Tensor maps(Tensor x) {
        return Scope.tidy(() -> attention.maps(norm1.forward(x)));
    }

    /**
     * One step of attention roll-out (Abnar &amp; Zuidema 2020), from the tokens that come out of the block to those that go in: half
     * of each token is the residual branch.
     *
     * @param x what goes in, (N, L, D)
     * @param shares of each token in what comes out, (N, L)
     * @return the same of what goes in
     */
    public Tensor rollOut(Tensor x, Tensor shares) {
        return Scope.tidy(() -> {
            Tensor maps = Scope.tidy(() -> maps(x).mean(1)); // (N, L, L)
            Tensor moved = shares.unsqueeze(1).bmm(maps).squeeze(1); // (N, L)
            return shares.add(moved).mul(new Scalar(0.5)); // (N, L)
        });
    }

    private Tensor branch(Tensor x, LayerScale scale) {
        return depth.apply(scale == null ? x : scale.forward(x));
    }

    /** The rate of stochastic depth of block {@code index} of {@code depth}: from 0 to {@code last} in equal steps. */
    public static double stochasticDepth(double last, int index, int depth) {
        return StochasticDepth.rate(last, index, depth);
    }
}
