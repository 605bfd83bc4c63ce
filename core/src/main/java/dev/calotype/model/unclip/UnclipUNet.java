package dev.calotype.model.unclip;

import dev.calotype.model.unclip.UnclipUNetConfig.Level;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of unCLIP's decoders (Ramesh et al. 2022) as Karlo and Kandinsky have it: that of ADM, whose attentions look at tokens too.
 * Parameter names are those of diffusers' {@code UNet2DConditionModel}, those within blocks ours.
 */
public final class UnclipUNet extends Module {
    /**
     * What the network is told of N pictures besides the time.
     *
     * @param added to the embedding of the time, (N, D)
     * @param tokens (N, K, W)
     */
    public record Told(Tensor added, Tensor tokens) {}

    private final UnclipUNetConfig config;
    private final Dropout dropout = new Dropout(0);
    private final Conv2dImpl convIn, convOut;
    private final GroupNormImpl normOut;
    private final LinearImpl time1, time2;
    private final Hearing hearing; // null where it is told by others
    private final List<List<ImageLayer>> descent = new ArrayList<>(), ascent = new ArrayList<>();
    private final List<ImageLayer> bottom;

    /** A network whose weights are still to be read. */
    public UnclipUNet(UnclipUNetConfig config) {
        super("UnclipUNet");
        this.config = config;
        int first = config.levels().get(0).width(), embedding = config.embedding();
        convIn = register_module("conv_in", Convolutions.same(config.in(), first, 3));
        Layers time = register_module("time_embedding", new Layers("time_embedding"));
        time1 = time.add("linear_1", Blank.linear(first, embedding));
        time2 = time.add("linear_2", Blank.linear(embedding, embedding));
        hearing = config.heard() == null
                ? null
                : new Hearing(
                        config,
                        register_module("add_embedding", new Layers("add_embedding")),
                        register_module("encoder_hid_proj", new Layers("encoder_hid_proj")));
        Deque<Integer> skips = new ArrayDeque<>(List.of(first));
        Layers down = register_module("down_blocks", new Layers("down_blocks"));
        int now = first;
        for (int i = 0; i < config.levels().size(); i++) now = descend(down, i, now, skips);
        bottom = middle(register_module("mid_block", new Layers("mid_block")), now);
        Layers up = register_module("up_blocks", new Layers("up_blocks"));
        for (int i = config.levels().size() - 1; i >= 0; i--) now = climb(up, i, now, skips);
        normOut = register_module("conv_norm_out", GroupNorm.of(now, config.style()));
        convOut = register_module("conv_out", Convolutions.same(now, config.out(), 3));
    }

    private int descend(Layers down, int index, int before, Deque<Integer> skips) {
        Level level = config.levels().get(index);
        Layers named = down.add(String.valueOf(index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.attends() ? named.add("attentions", new Layers("attentions")) : null;
        int now = before;
        for (int k = 0; k < level.blocks(); k++) {
            descent.add(step(blocks, attentions, k, now, level));
            now = level.width();
            skips.push(now);
        }
        if (index == config.levels().size() - 1) return now;
        Layers halving = named.add("downsamplers", new Layers("downsamplers"));
        descent.add(List.of(halving.add("0", block(now, now, Resample.DOWN))));
        skips.push(now);
        return now;
    }

    private int climb(Layers up, int index, int before, Deque<Integer> skips) {
        Level level = config.levels().get(index);
        Layers named = up.add(String.valueOf(config.levels().size() - 1 - index), new Layers("level"));
        Layers blocks = named.add("resnets", new Layers("resnets"));
        Layers attentions = level.attends() ? named.add("attentions", new Layers("attentions")) : null;
        int now = before;
        for (int k = 0; k <= level.blocks(); k++) {
            List<ImageLayer> step = step(blocks, attentions, k, now + skips.pop(), level);
            now = level.width();
            if (k == level.blocks() && index > 0)
                step.add(named.add("upsamplers", new Layers("upsamplers")).add("0", block(now, now, Resample.UP)));
            ascent.add(step);
        }
        return now;
    }

    private List<ImageLayer> middle(Layers middle, int width) {
        Layers blocks = middle.add("resnets", new Layers("resnets"));
        Layers attentions = middle.add("attentions", new Layers("attentions"));
        return List.of(
                blocks.add("0", block(width, width, Resample.NONE)),
                attentions.add("0", attention(width)),
                blocks.add("1", block(width, width, Resample.NONE)));
    }

    private List<ImageLayer> step(Layers blocks, Layers attentions, int index, int in, Level level) {
        List<ImageLayer> layers = new ArrayList<>();
        layers.add(blocks.add(String.valueOf(index), block(in, level.width(), Resample.NONE)));
        if (attentions != null) layers.add(attentions.add(String.valueOf(index), attention(level.width())));
        return layers;
    }

    private ResidualBlock block(int in, int out, Resample resample) {
        var shape = new ResidualBlock.Config(in, out, config.embedding(), config.conditioning(), resample);
        return new ResidualBlock(shape, config.style(), dropout);
    }

    private MixedAttention attention(int width) {
        return new MixedAttention(width, width / config.head(), config.tokens(), config.style());
    }

    /** The shape of the network. */
    public UnclipUNetConfig config() {
        return config;
    }

    /**
     * What the vectors of pictures tell the network, without gradients.
     *
     * @param pictures (N, E)
     * @throws IllegalArgumentException if they have other values, or the network hears of texts besides
     */
    public Told told(Tensor pictures) {
        return told(pictures, null, null);
    }

    /**
     * The same of a network that hears of texts besides.
     *
     * @param texts vectors of texts, (N, E)
     * @param words (N, K, V)
     * @throws IllegalArgumentException if they have other values, or the network does not hear of them
     */
    public Told told(Tensor pictures, Tensor texts, Tensor words) {
        if (hearing == null) throw new IllegalArgumentException("the network must be told by a projection of its own");
        return hearing.told(pictures, texts, words, convIn.weight());
    }

    /**
     * What the network makes of noisy pictures or latents, without gradients.
     *
     * @param x (N, in, h, w), with sides that are multiples of {@link UnclipUNetConfig#coarsest()}
     * @param times (N), in 0..1000
     * @return fp32 (N, out, h, w)
     * @throws IllegalArgumentException if sides or channels are others
     */
    public Tensor forward(Tensor x, Tensor times, Told told) {
        int factor = config.coarsest();
        if (x.size(1) != config.in() || x.size(2) % factor != 0 || x.size(3) % factor != 0)
            throw new IllegalArgumentException("what is denoised must be (N, " + config.in()
                    + ", h, w) with multiples of " + factor + ": " + Arrays.toString(Tensors.shape(x)));
        return Scope.inference(() -> {
            Tensor weight = convIn.weight();
            Tensor embedding = embedding(times, weight).add(Tensors.as(told.added, weight)); // (N, D)
            Tensor tokens = Tensors.as(told.tokens, weight); // (N, K, W)
            Deque<Tensor> skips = new ArrayDeque<>();
            Tensor h = convIn.forward(Convolutions.prepare(x, weight)); // (N, width, h, w)
            skips.push(h);
            for (List<ImageLayer> layers : descent) {
                h = through(layers, h, embedding, tokens); // (N, width, h/f, w/f)
                skips.push(h);
            }
            h = through(bottom, h, embedding, tokens); // (N, width, h/f, w/f)
            for (List<ImageLayer> layers : ascent) {
                Tensor below = h, skip = skips.pop();
                h = Scope.tidy(() -> through(layers, Tensors.cat(1, below, skip), embedding, tokens));
                below.close();
                skip.close();
            }
            Tensor out = convOut.forward(GroupNorm.activated(Activation.SILU, normOut, h)); // (N, out, h, w)
            return out.to(ScalarType.Float).contiguous();
        });
    }

    private static Tensor through(List<ImageLayer> layers, Tensor x, Tensor embedding, Tensor tokens) {
        return Scope.tidy(() -> ImageLayer.through(layers, x, embedding, tokens));
    }

    private Tensor embedding(Tensor times, Tensor like) {
        Tensor exact = Device.of(like).move(times).to(ScalarType.Float);
        int width = config.levels().get(0).width();
        Tensor waves = Embeddings.sinusoidal(exact, width, config.order(), config.shift()); // (N, width)
        return time2.forward(Activation.SILU.apply(time1.forward(Tensors.as(waves, like)))); // (N, D)
    }
}
