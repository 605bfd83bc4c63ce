package dev.calotype.model;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Downsample;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.nn.Stage;
import dev.calotype.nn.Upsample;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of Improved DDPM and ADM (Nichol &amp; Dhariwal 2021; Dhariwal &amp; Nichol 2021). Its parameters carry
 * the names of improved-diffusion.
 */
public final class UNet extends DiffusionNetwork {
    /** How the resolution changes between levels. */
    public enum Resampling {
        /** A strided convolution down, repetition and a convolution up (DDPM). */
        CONVOLUTION,
        /** A residual block that resamples (BigGAN, ADM). */
        RESIDUAL
    }

    /**
     * The architecture.
     *
     * @param channels width of the first level, a multiple of 32
     * @param multipliers width of each level over the first, finest first; each further level halves the resolution
     * @param blocks residual blocks per level
     * @param attention factors (1, 2, 4, ...) by which levels are smaller than the first at which blocks attend; the middle always does
     * @param heads attention heads at every level, a divisor of {@code channels}; 0 to fix their width instead
     * @param headChannels width of an attention head, where a level narrower than it has one head; 0 to fix the number of
     *     heads instead
     * @param conditioning how time and class enter the blocks
     * @param resampling how levels are joined
     * @param dropout probability in [0, 1)
     * @param patch side of the squares of pixels that are one position of the first level: 1, 2, 4 or 8
     */
    public record Config(
            int channels,
            List<Integer> multipliers,
            int blocks,
            List<Integer> attention,
            int heads,
            int headChannels,
            Conditioning conditioning,
            Resampling resampling,
            double dropout,
            int patch) {
        /** One whose first level has a position for every pixel. */
        public Config(
                int channels,
                List<Integer> multipliers,
                int blocks,
                List<Integer> attention,
                int heads,
                int headChannels,
                Conditioning conditioning,
                Resampling resampling,
                double dropout) {
            this(channels, multipliers, blocks, attention, heads, headChannels, conditioning, resampling, dropout, 1);
        }

        public Config {
            if (channels < 32 || channels % 32 != 0 || channels > 4096)
                throw new IllegalArgumentException("channels must be a multiple of 32 in 32..4096: " + channels);
            multipliers = List.copyOf(multipliers);
            attention = List.copyOf(attention);
            if (multipliers.isEmpty() || multipliers.size() > 8)
                throw new IllegalArgumentException("multipliers must name 1..8 levels: " + multipliers);
            for (int m : multipliers)
                if (m < 1 || m > 64) throw new IllegalArgumentException("multipliers must be in 1..64: " + multipliers);
            for (int a : attention)
                if (a < 1 || Integer.bitCount(a) != 1 || a > 1 << (multipliers.size() - 1))
                    throw new IllegalArgumentException(
                            "attention must name downsampling factors 1, 2, 4, ... of the levels: " + attention);
            if (blocks < 1 || blocks > 16) throw new IllegalArgumentException("blocks must be in 1..16: " + blocks);
            if (heads < 0 || headChannels < 0 || (heads > 0) == (headChannels > 0))
                throw new IllegalArgumentException("one of heads and headChannels must be above 0, the other 0: "
                        + heads + " and " + headChannels);
            if (heads > 0 && channels % heads != 0)
                throw new IllegalArgumentException("heads must divide the " + channels + " channels: " + heads);
            for (int level = 0; heads == 0 && level < multipliers.size(); level++) {
                int width = channels * multipliers.get(level);
                boolean attends = attention.contains(1 << level) || level == multipliers.size() - 1;
                if (attends && width > headChannels && width % headChannels != 0)
                    throw new IllegalArgumentException(
                            "headChannels must divide the " + width + " channels that attend: " + headChannels);
            }
            if (!(dropout >= 0 && dropout < 1))
                throw new IllegalArgumentException("dropout must be in [0, 1): " + dropout);
            if (patch < 1 || patch > 8 || Integer.bitCount(patch) != 1)
                throw new IllegalArgumentException("patch must be 1, 2, 4 or 8: " + patch);
        }

        /** The factor by which the coarsest level is smaller than the image, whose sizes must be multiples of it. */
        public int coarsest() {
            return patch * levelFactor();
        }

        /** The factor by which the coarsest level is smaller than the first. */
        int levelFactor() {
            return 1 << (multipliers.size() - 1);
        }

        /** The channels that {@code channels} of the image are at the first level. */
        int folded(int channels) {
            return channels * patch * patch;
        }

        /** The number of heads of a level of {@code width} channels. */
        public int heads(int width) {
            return heads > 0 ? heads : Math.max(1, width / headChannels);
        }
    }

    /**
     * What goes in and out.
     *
     * @param in image channels
     * @param out output channels: {@code in}, or twice that with a learned variance
     * @param classes rows of the class table, 0 for none; with guidance one more than there are classes, the last one
     *     meaning "no class"
     */
    public record Ports(int in, int out, int classes) {}

    private final Config config;
    private final Ports ports;
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final Layers timeEmbed = new Layers("time_embed");
    private final Layers inputBlocks = new Layers("input_blocks");
    private final Layers outputBlocks = new Layers("output_blocks");
    private final Layers outLayers = new Layers("out");
    private final List<Stage> down = new ArrayList<>();
    private final List<Stage> up = new ArrayList<>();
    private final LinearImpl time1;
    private final LinearImpl time2;
    private final EmbeddingImpl labelEmb;
    private final Stage middle;
    private final GroupNormImpl outNorm;
    private final Conv2dImpl outConv;
    private Tensor first; // the first convolution's weight: tells the element type of the network

    /** A network with fresh weights that depend on {@code rng} alone. */
    public UNet(Config config, Ports ports, Rng rng) {
        this(config, ports);
        Initialization.uniform(this, rng);
    }

    /** A network for weights that are about to be loaded; until then they are the engine's own, which no seed fixes. */
    public UNet(Config config, Ports ports) {
        super("UNet");
        this.config = config;
        this.ports = ports;
        dropout = new Dropout(config.dropout());
        recomputation = new Recomputation(dropout);
        int width = config.channels(), embedding = 4 * width;

        register_module("time_embed", timeEmbed);
        time1 = timeEmbed.add("0", new LinearImpl(width, embedding));
        time2 = timeEmbed.add("2", new LinearImpl(embedding, embedding));
        labelEmb = ports.classes() == 0
                ? null
                : register_module("label_emb", new EmbeddingImpl(ports.classes(), embedding));

        Deque<Integer> skips = new ArrayDeque<>();
        register_module("input_blocks", inputBlocks);
        int now = buildDown(skips);
        middle = register_module("middle_block", new Stage());
        middle.add(block(now, now, Resample.NONE)).add(attention(now)).add(block(now, now, Resample.NONE));
        register_module("output_blocks", outputBlocks);
        now = buildUp(now, skips);

        register_module("out", outLayers);
        outNorm = outLayers.add("0", GroupNorm.of(now));
        outConv = outLayers.add("2", Convolutions.zero(Convolutions.same(now, config.folded(ports.out()), 3)));
    }

    private int buildDown(Deque<Integer> skips) {
        int now = config.channels();
        Conv2dImpl firstConv = Convolutions.same(config.folded(ports.in()), now, 3);
        first = firstConv.weight();
        push(down, inputBlocks, new Stage().add(firstConv));
        skips.push(now);
        for (int level = 0, factor = 1; level < config.multipliers().size(); level++, factor *= 2) {
            int width = config.channels() * config.multipliers().get(level);
            for (int i = 0; i < config.blocks(); i++) {
                Stage stage = new Stage().add(block(now, width, Resample.NONE));
                now = width;
                if (config.attention().contains(factor)) stage.add(attention(now));
                push(down, inputBlocks, stage);
                skips.push(now);
            }
            if (level == config.multipliers().size() - 1) break;
            Stage stage = new Stage();
            if (config.resampling() == Resampling.RESIDUAL) stage.add(block(now, now, Resample.DOWN));
            else stage.add(new Downsample(now));
            push(down, inputBlocks, stage);
            skips.push(now);
        }
        return now;
    }

    private int buildUp(int bottom, Deque<Integer> skips) {
        int now = bottom;
        int factor = config.levelFactor();
        for (int level = config.multipliers().size() - 1; level >= 0; level--, factor /= 2) {
            int width = config.channels() * config.multipliers().get(level);
            for (int i = 0; i <= config.blocks(); i++) {
                Stage stage = new Stage().add(block(now + skips.pop(), width, Resample.NONE));
                now = width;
                if (config.attention().contains(factor)) stage.add(attention(now));
                if (level > 0 && i == config.blocks()) {
                    if (config.resampling() == Resampling.RESIDUAL) stage.add(block(now, now, Resample.UP));
                    else stage.add(new Upsample(now));
                }
                push(up, outputBlocks, stage);
            }
        }
        return now;
    }

    private static void push(List<Stage> stages, Layers owner, Stage stage) {
        stages.add(owner.add(String.valueOf(stages.size()), stage));
    }

    private ResidualBlock block(int in, int out, Resample resample) {
        int embedding = 4 * config.channels();
        return new ResidualBlock(
                new ResidualBlock.Config(in, out, embedding, config.conditioning(), resample), dropout);
    }

    private Attention attention(int width) {
        return new Attention(width, config.heads(width));
    }

    public Config config() {
        return config;
    }

    public Ports ports() {
        return ports;
    }

    @Override
    public void reseed(long seed) {
        dropout.reseed(seed);
    }

    @Override
    public void recompute(Recomputation.Policy policy) {
        recomputation.policy(policy);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the image size is not a multiple of {@link Config#coarsest()}, or labels are
     *     missing, too many or out of range
     */
    @Override
    public Tensor forward(Tensor x, Tensor times, Condition condition) {
        requireSize(x);
        return Scope.tidy(() -> {
            Tensor e = embed(times, condition); // (N, 4 channels)
            Deque<Tensor> skips = new ArrayDeque<>();
            Tensor h = Convolutions.prepare(fold(x), first); // (N, p p C, H/p, W/p)
            for (Stage stage : down) {
                h = recomputation.apply(in -> stage.forward(in[0], in[1]), h, e); // (N, width, H/pf, W/pf)
                skips.push(h);
            }
            h = recomputation.apply(in -> middle.forward(in[0], in[1]), h, e); // (N, width, H/pf, W/pf)
            for (Stage stage : up) h = ascend(stage, h, skips.pop(), e); // (N, width, H/pf, W/pf)
            h = outConv.forward(GroupNorm.activated(outNorm, h)); // (N, p p out, H/p, W/p)
            return unfold(h.to(ScalarType.Float).contiguous()); // (N, out, H, W)
        });
    }

    private Tensor fold(Tensor x) {
        return config.patch() == 1 ? x : torch.pixel_unshuffle(x, config.patch()); // (N, p p C, H/p, W/p)
    }

    private Tensor unfold(Tensor h) {
        return config.patch() == 1 ? h : torch.pixel_shuffle(h, config.patch()); // (N, out, H, W)
    }

    /** A stage of the way up; its two inputs, which nobody needs afterwards, are freed. */
    private Tensor ascend(Stage stage, Tensor h, Tensor skip, Tensor e) {
        Tensor out = recomputation.apply(in -> stage.forward(Tensors.cat(1, in[0], in[1]), in[2]), h, skip, e);
        h.close();
        skip.close();
        return out; // (N, width, H/f, W/f)
    }

    private Tensor embed(Tensor times, Condition condition) {
        Tensor sinusoids = Embeddings.sinusoidal(times, config.channels()).to(first.scalar_type()); // (N, channels)
        Tensor e = time2.forward(torch.silu(time1.forward(sinusoids))); // (N, 4 channels)
        if (labelEmb == null) return e;
        int[] labels = condition.labels();
        if (labels.length != times.size(0))
            throw new IllegalArgumentException(
                    "the network wants one class per image: " + labels.length + " for " + times.size(0));
        for (int label : labels)
            if (label < 0 || label >= ports.classes())
                throw new IllegalArgumentException("class must be in 0.." + (ports.classes() - 1) + ": " + label);
        return e.add(labelEmb.forward(Device.of(times).move(Tensors.of(labels)))); // (N, 4 channels)
    }

    private void requireSize(Tensor x) {
        if (x.dim() != 4 || x.size(1) != ports.in())
            throw new IllegalArgumentException(
                    "the network wants (N, " + ports.in() + ", H, W): " + java.util.Arrays.toString(Tensors.shape(x)));
        int factor = config.coarsest();
        if (x.size(2) % factor != 0 || x.size(3) % factor != 0)
            throw new IllegalArgumentException(
                    "image height and width must be multiples of " + factor + ": " + x.size(2) + " x " + x.size(3));
    }
}
