package dev.calotype.model.latent;

import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Downsample;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.nn.Upsample;
import dev.calotype.nn.transformer.MapTransformer;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of Stable Diffusion 1, 2 and XL (Rombach et al. 2022; Podell et al. 2023), which looks at the tokens of a text. Parameter
 * names are those of diffusers' {@code UNet2DConditionModel}, those within residual blocks and transformers ours.
 */
public final class LatentUNet extends Module {
    /** Layers that a map passes, and whose result is a skip connection on the way down. */
    private record Step(List<ImageLayer> layers) {
        Tensor of(Tensor x, Tensor embedding, Tensor tokens) {
            return Scope.tidy(() -> ImageLayer.through(layers, x, embedding, tokens));
        }
    }

    private final LatentUNetConfig config;
    private final TimeAndSize told;
    private final Conv2dImpl convIn, convOut;
    private final GroupNormImpl normOut;
    private final Layers down = new Layers("down_blocks"),
            middle = new Layers("mid_block"),
            up = new Layers("up_blocks");
    private final List<Step> descent = new ArrayList<>(), ascent = new ArrayList<>();
    private final Step bottom;
    private final Dropout dropout = new Dropout(0);

    /** A network whose weights are still to be read. */
    public LatentUNet(LatentUNetConfig config) {
        super("LatentUNet");
        this.config = config;
        List<Level> levels = config.levels();
        int now = levels.get(0).width();
        convIn = register_module("conv_in", Convolutions.same(config.in(), now, 3));
        told = new TimeAndSize(this, config);
        Deque<Integer> skips = new ArrayDeque<>(List.of(now));
        register_module("down_blocks", down);
        for (int i = 0; i < levels.size(); i++) now = descend(i, now, skips);
        register_module("mid_block", middle);
        bottom = middle(now);
        register_module("up_blocks", up);
        for (int i = levels.size() - 1; i >= 0; i--) now = climb(i, now, skips);
        normOut = register_module("conv_norm_out", GroupNorm.of(now, config.style()));
        convOut = register_module("conv_out", Convolutions.same(now, config.out(), 3));
    }

    private int descend(int index, int before, Deque<Integer> skips) {
        Level level = config.levels().get(index);
        Layers named = down.add(String.valueOf(index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.depth() == 0 ? null : named.add("attentions", new Layers("attentions"));
        int now = before;
        for (int k = 0; k < level.blocks(); k++) {
            descent.add(step(blocks, attentions, k, now, level));
            now = level.width();
            skips.push(now);
        }
        if (index == config.levels().size() - 1) return now;
        Layers halving = named.add("downsamplers", new Layers("downsamplers"));
        descent.add(new Step(List.of(halving.add("0", new Downsample(now, config.border())))));
        skips.push(now);
        return now;
    }

    private int climb(int index, int before, Deque<Integer> skips) {
        Level level = config.levels().get(index);
        Layers named = up.add(String.valueOf(config.levels().size() - 1 - index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.depth() == 0 ? null : named.add("attentions", new Layers("attentions"));
        int now = before;
        for (int k = 0; k <= level.blocks(); k++) {
            Step step = step(blocks, attentions, k, now + skips.pop(), level);
            now = level.width();
            if (k == level.blocks() && index > 0) {
                Layers doubling = named.add("upsamplers", new Layers("upsamplers"));
                List<ImageLayer> layers = new ArrayList<>(step.layers);
                layers.add(doubling.add("0", new Upsample(now)));
                step = new Step(layers);
            }
            ascent.add(step);
        }
        return now;
    }

    private Step step(Layers blocks, Layers attentions, int index, int in, Level level) {
        List<ImageLayer> layers = new ArrayList<>();
        layers.add(blocks.add(String.valueOf(index), block(in, level.width())));
        if (attentions != null) layers.add(attentions.add(String.valueOf(index), transformer(level, level.depth())));
        return new Step(layers);
    }

    private Step middle(int width) {
        Level level = config.levels().get(config.levels().size() - 1);
        Layers blocks = middle.add("resnets", new Layers("resnets"));
        Layers attentions = middle.add("attentions", new Layers("attentions"));
        return new Step(List.of(
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

    /** The shape of the network. */
    public LatentUNetConfig config() {
        return config;
    }

    /**
     * What the network makes of noisy latents, without gradients.
     *
     * @param x (N, in, h, w), with sides that are multiples of {@link LatentUNetConfig#coarsest()}
     * @param times (N), in 0..1000
     * @return fp32 (N, out, h, w)
     * @throws IllegalArgumentException if sides or channels are others, or something that it must be told is missing
     */
    public Tensor forward(Tensor x, Tensor times, Told condition) {
        int factor = config.coarsest();
        if (x.size(1) != config.in() || x.size(2) % factor != 0 || x.size(3) % factor != 0)
            throw new IllegalArgumentException("latents must be (N, " + config.in() + ", h, w) with multiples of "
                    + factor + ": " + Arrays.toString(Tensors.shape(x)));
        return Scope.inference(() -> {
            Tensor e = told.forward(times, condition, convIn.weight()); // (N, D)
            Tensor tokens = Tensors.as(condition.tokens(), convIn.weight()); // (N, K, W)
            Deque<Tensor> skips = new ArrayDeque<>();
            Tensor h = convIn.forward(Convolutions.prepare(x, convIn.weight())); // (N, width, h, w)
            skips.push(h);
            for (Step step : descent) {
                h = step.of(h, e, tokens); // (N, width, h/f, w/f)
                skips.push(h);
            }
            h = bottom.of(h, e, tokens); // (N, width, h/f, w/f)
            for (Step step : ascent) h = joined(step, h, skips.pop(), e, tokens); // (N, width, h/f, w/f)
            Tensor out = convOut.forward(GroupNorm.activated(config.activation(), normOut, h)); // (N, out, h, w)
            return out.to(ScalarType.Float).contiguous();
        });
    }

    /** A step of the way up; its two inputs, which nobody needs afterwards, are freed. */
    private static Tensor joined(Step step, Tensor h, Tensor skip, Tensor embedding, Tensor tokens) {
        Tensor out = Scope.tidy(() -> step.of(Tensors.cat(1, h, skip), embedding, tokens));
        h.close();
        skip.close();
        return out;
    }
}
