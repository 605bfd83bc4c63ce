package dev.calotype.model.latent;

import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Downsample;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.nn.transformer.MapTransformer;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** The way down and the middle of a {@link LatentUNet}, of which a {@link ControlNet} has one of its own. */
final class Trunk {
    /** Layers that a map passes, and whose result is a skip connection on the way down. */
    record Step(List<ImageLayer> layers, Recomputation recomputation) {
        Tensor of(Tensor x, Tensor embedding, Tensor tokens) {
            return recomputation.apply(
                    told -> Scope.tidy(() -> ImageLayer.through(layers, told[0], told[1], told[2])),
                    x,
                    embedding,
                    tokens);
        }
    }

    /** What blocks are told: of the time and more (N, D), and of a text (N, K, W). */
    record Heard(Tensor embedding, Tensor tokens) {}

    private final LatentUNetConfig config;
    private final TimeAndSize told;
    private final Conv2dImpl convIn;
    private final List<Step> descent = new ArrayList<>();
    private final List<Integer> skips = new ArrayList<>(); // channels of the skip connections
    private final Step bottom;
    private final Dropout dropout = new Dropout(0);
    private final Recomputation recomputation = new Recomputation(dropout);

    /** Registers its layers as those of {@code owner}. */
    Trunk(Module owner, LatentUNetConfig config) {
        this.config = config;
        int now = config.levels().get(0).width();
        convIn = owner.register_module("conv_in", Convolutions.same(config.in(), now, 3));
        told = new TimeAndSize(owner, config);
        Layers down = owner.register_module("down_blocks", new Layers("down_blocks"));
        skips.add(now);
        for (int i = 0; i < config.levels().size(); i++) now = descend(down, i, now);
        bottom = middle(owner.register_module("mid_block", new Layers("mid_block")), now);
    }

    private int descend(Layers down, int index, int before) {
        Level level = config.levels().get(index);
        Layers named = down.add(String.valueOf(index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.depth() == 0 ? null : named.add("attentions", new Layers("attentions"));
        int now = before;
        for (int k = 0; k < level.blocks(); k++) {
            descent.add(step(blocks, attentions, k, now, level));
            now = level.width();
            skips.add(now);
        }
        if (index == config.levels().size() - 1) return now;
        Layers halving = named.add("downsamplers", new Layers("downsamplers"));
        descent.add(step(List.of(halving.add("0", new Downsample(now, config.border())))));
        skips.add(now);
        return now;
    }

    /** A residual block and, where a level has any, a transformer. */
    Step step(Layers blocks, Layers attentions, int index, int in, Level level) {
        List<ImageLayer> layers = new ArrayList<>();
        layers.add(blocks.add(String.valueOf(index), block(in, level.width())));
        if (attentions != null) layers.add(attentions.add(String.valueOf(index), transformer(level, level.depth())));
        return step(layers);
    }

    /** Layers of which a backward pass may compute the results a second time. */
    Step step(List<ImageLayer> layers) {
        return new Step(layers, recomputation);
    }

    /** Chooses what of the forward passes to come is kept for their backward passes. */
    void recompute(Policy policy) {
        recomputation.policy(policy);
    }

    private Step middle(Layers middle, int width) {
        Level level = config.levels().get(config.levels().size() - 1);
        Layers blocks = middle.add("resnets", new Layers("resnets"));
        Layers attentions = middle.add("attentions", new Layers("attentions"));
        return step(List.of(
                blocks.add("0", block(width, width)),
                attentions.add("0", transformer(level, config.middleDepth())),
                blocks.add("1", block(width, width))));
    }

    private ResidualBlock block(int in, int out) {
        var shape = new ResidualBlock.Config(in, out, config.embedding(), Conditioning.SHIFT, Resample.NONE);
        return new ResidualBlock(shape, config.style(), dropout);
    }

    private MapTransformer transformer(Level level, int depth) {
        return new MapTransformer(level.width(), level.heads(), depth, config.tokens(), config.style());
    }

    /** The channels of the skip connections, finest first. */
    List<Integer> skips() {
        return List.copyOf(skips);
    }

    /** Tells the element type and the device of the weights. */
    Tensor weight() {
        return convIn.weight();
    }

    /** Throws IllegalArgumentException if latents are none that the network takes. */
    void require(Tensor x) {
        int factor = config.coarsest();
        if (x.size(1) != config.in() || x.size(2) % factor != 0 || x.size(3) % factor != 0)
            throw new IllegalArgumentException("latents must be (N, " + config.in() + ", h, w) with multiples of "
                    + factor + ": " + Arrays.toString(Tensors.shape(x)));
    }

    /** What the blocks are told. */
    Heard heard(Tensor times, Told condition) {
        return new Heard(told.forward(times, condition, weight()), Tensors.as(condition.tokens(), weight()));
    }

    /** The map that goes down first, (N, width, h, w). */
    Tensor first(Tensor x) {
        return convIn.forward(Convolutions.prepare(x, weight()));
    }

    /** The skip connections that a first map becomes, the coarsest on top: it itself and what each step makes of it. */
    Deque<Tensor> descend(Tensor first, Heard heard) {
        Deque<Tensor> skips = new ArrayDeque<>();
        Tensor h = first;
        skips.push(h);
        for (Step step : descent) {
            h = step.of(h, heard.embedding, heard.tokens); // (N, width, h/f, w/f)
            skips.push(h);
        }
        return skips;
    }

    /** What the middle makes of the coarsest skip connection. */
    Tensor bottom(Tensor coarsest, Heard heard) {
        return bottom.of(coarsest, heard.embedding, heard.tokens);
    }
}
