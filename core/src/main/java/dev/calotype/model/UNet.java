package dev.calotype.model;

import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.model.UNetVariant.Middle.Kind;
import dev.calotype.model.hint.HintEncoder;
import dev.calotype.model.hint.Hints;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Downsample;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Projections;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.nn.Stage;
import dev.calotype.nn.Upsample;
import dev.calotype.nn.transformer.SpatialTransformer;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of Improved DDPM and ADM (Nichol &amp; Dhariwal 2021; Dhariwal &amp; Nichol 2021), and what others
 * made of it ({@link UNetVariant}). Its parameters carry the names of improved-diffusion.
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
     * @param channels width of the first level, a multiple of the groups of a normalisation, 32
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
     * @param variant in what it differs from Improved DDPM; where it names levels, {@code multipliers} and
     *     {@code attention} are empty
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
            int patch,
            UNetVariant variant) {
        public Config {
            int groups = variant.groups();
            if (channels < groups || channels % groups != 0 || channels % 2 != 0 || channels > 4096)
                throw new IllegalArgumentException("channels must be a multiple of "
                        + (groups % 2 == 0 ? groups : 2 * groups) + " in " + groups + "..4096: " + channels);
            multipliers = List.copyOf(multipliers);
            attention = List.copyOf(attention);
            UNetLevels.require(variant.levels(), channels, multipliers, attention);
            if (blocks < 1 || blocks > 16) throw new IllegalArgumentException("blocks must be in 1..16: " + blocks);
            if (heads < 0 || headChannels < 0 || (heads > 0) == (headChannels > 0))
                throw new IllegalArgumentException("one of heads and headChannels must be above 0, the other 0: "
                        + heads + " and " + headChannels);
            List<UNetVariant.Level> levels = UNetLevels.of(channels, multipliers, attention, resampling, variant);
            UNetLevels.requireDivisible(levels, variant, heads, headChannels);
            if (!(dropout >= 0 && dropout < 1))
                throw new IllegalArgumentException("dropout must be in [0, 1): " + dropout);
            if (patch < 1 || patch > 8 || Integer.bitCount(patch) != 1)
                throw new IllegalArgumentException("patch must be 1, 2, 4 or 8: " + patch);
        }

        /** Every level, finest first. */
        public List<UNetVariant.Level> levels() {
            return UNetLevels.of(channels, multipliers, attention, resampling, variant);
        }

        /** The factor by which the coarsest level is smaller than the image, whose sizes must be multiples of it. */
        public int coarsest() {
            return patch * (1 << (levels().size() - 1));
        }

        /** The channels that {@code channels} of the image are at the first level. */
        int folded(int channels) {
            return channels * patch * patch;
        }

        /** The number of heads of a level of {@code width} channels. */
        public int heads(int width) {
            return heads > 0 ? heads : Math.max(1, width / headChannels);
        }

        /** The width of what the network is told of time and class. */
        public int embedding() {
            int width = variant.time().width();
            return width > 0 ? width : 4 * channels;
        }

        /** The width of what that is made of. */
        int signal() {
            return variant.time().signal() == UNetVariant.Signal.FOURIER ? 2 * channels : channels;
        }
    }

    /**
     * What goes in and out.
     *
     * @param in image channels
     * @param out output channels: {@code in}, or twice that with a learned variance
     * @param classes rows of the class table, 0 for none; with guidance one more than there are classes, the last one
     *     meaning "no class"
     * @param hints what it is told besides
     */
    public record Ports(int in, int out, int classes, Hints hints) {
        /** Of a network that is told of time and class alone. */
        public Ports(int in, int out, int classes) {
            this(in, out, classes, Hints.NONE);
        }

        /** Channels that the first convolution gets. */
        int seen() {
            return in + hints.picture();
        }
    }

    private final Config config;
    private final Ports ports;
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final Layers inputBlocks = new Layers("input_blocks");
    private final Layers outputBlocks = new Layers("output_blocks");
    private final Layers outLayers = new Layers("out");
    private final List<Stage> down = new ArrayList<>();
    private final List<Stage> up = new ArrayList<>();
    private final List<ResidualBlock> blocks = new ArrayList<>();
    private final Projections projections;
    private final UNetEmbedding embedding;
    private final HintEncoder hints;
    private final Stage middle; // null if there is none
    private final GroupNormImpl outNorm;
    private final Conv2dImpl outConv;
    private Tensor first; // the first convolution's weight: tells the element type of the network

    /** A network with fresh weights that depend on {@code rng} alone. */
    public UNet(Config config, Ports ports, Rng rng) {
        this(config, ports);
        Initialization.uniform(this, rng);
        embedding.draw(rng);
    }

    /** A network for weights that are about to be loaded; until then they are the engine's own, which no seed fixes. */
    public UNet(Config config, Ports ports) {
        super("UNet");
        this.config = config;
        this.ports = ports;
        dropout = new Dropout(config.dropout());
        recomputation = new Recomputation(dropout);
        embedding = new UNetEmbedding(this, config, ports.classes());
        hints = register_module("hints", new HintEncoder(ports.hints(), config.embedding()));
        Deque<Integer> skips = new ArrayDeque<>();
        register_module("input_blocks", inputBlocks);
        int now = buildDown(skips);
        middle = config.variant().middle().kind() == Kind.NONE ? null : register_module("middle_block", middle(now));
        register_module("output_blocks", outputBlocks);
        now = buildUp(now, skips);
        projections = new Projections(blocks);
        register_module("out", outLayers);
        outNorm = outLayers.add("0", GroupNorm.of(now, config.variant().style()));
        outConv = outLayers.add("2", Convolutions.zero(Convolutions.same(now, config.folded(ports.out()), 3)));
    }

    private int buildDown(Deque<Integer> skips) {
        int now = config.channels();
        Conv2dImpl firstConv = Convolutions.same(config.folded(ports.seen()), now, 3);
        first = firstConv.weight();
        push(down, inputBlocks, new Stage().add(firstConv));
        skips.push(now);
        List<UNetVariant.Level> levels = config.levels();
        for (int k = 0; k < levels.size(); k++) {
            UNetVariant.Level level = levels.get(k);
            for (int i = 0; i < config.blocks(); i++) {
                Stage stage = new Stage().add(block(now, level.width(), Resample.NONE));
                now = level.width();
                if (level.down() == Blocks.ATTENTION) attend(stage, now);
                push(down, inputBlocks, stage);
                skips.push(now);
            }
            if (k == levels.size() - 1) break;
            Stage stage = new Stage();
            if (level.downBy() == Resampling.RESIDUAL) stage.add(block(now, now, Resample.DOWN));
            else stage.add(new Downsample(now, config.variant().border()));
            push(down, inputBlocks, stage);
            skips.push(now);
        }
        return now;
    }

    private Stage middle(int width) {
        UNetVariant.Middle variant = config.variant().middle();
        BlockStyle style = config.variant().middleStyle();
        Stage stage = new Stage().add(block(width, width, Resample.NONE, style));
        if (variant.kind() == Kind.ATTENTION && ports.hints().attended() > 0) attend(stage, width);
        else if (variant.kind() == Kind.ATTENTION) {
            Optional<BlockStyle> norm = variant.groups() == 0
                    ? Optional.empty()
                    : Optional.of(new BlockStyle(variant.groups(), style.epsilon(), style.activation(), 1));
            stage.add(new Attention(width, config.heads(width), norm, variant.scale()));
        }
        return stage.add(block(width, width, Resample.NONE, style));
    }

    private int buildUp(int bottom, Deque<Integer> skips) {
        int now = bottom;
        List<UNetVariant.Level> levels = config.levels();
        for (int k = levels.size() - 1; k >= 0; k--) {
            UNetVariant.Level level = levels.get(k);
            for (int i = 0; i <= config.blocks(); i++) {
                Stage stage = new Stage().add(block(now + skips.pop(), level.width(), Resample.NONE));
                now = level.width();
                if (level.up() == Blocks.ATTENTION) attend(stage, now);
                if (k > 0 && i == config.blocks()) {
                    if (level.upBy() == Resampling.RESIDUAL) stage.add(block(now, now, Resample.UP));
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
        return block(in, out, resample, config.variant().style());
    }

    private ResidualBlock block(int in, int out, Resample resample, BlockStyle style) {
        ResidualBlock block = new ResidualBlock(
                new ResidualBlock.Config(in, out, config.embedding(), config.conditioning(), resample), style, dropout);
        blocks.add(block);
        return block;
    }

    private void attend(Stage stage, int width) {
        int heads = config.heads(width);
        BlockStyle style = config.variant().style();
        if (ports.hints().attended() == 0) stage.add(new Attention(width, heads, Optional.of(style), 1));
        else stage.add(new SpatialTransformer(width, heads, config.embedding(), style));
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
        UNetLevels.requireSize(x, ports.in(), config.coarsest());
        return Scope.tidy(() -> {
            Tensor e = embedding.forward(times, condition, Tensors.dtype(first)); // (N, D)
            Tensor[] told = hints.tell(e, condition.columns()); // (N, D), and where there are tokens (N, K, D)
            told[0] = projections.beside(told[0]); // (N, D) and what the blocks make of it
            Deque<Tensor> skips = new ArrayDeque<>();
            Tensor seen = hints.beside(config.variant().input(x), condition.columns()); // (N, C, H, W)
            Tensor h = Convolutions.prepare(fold(seen), first); // (N, p p C, H/p, W/p)
            for (Stage stage : down) {
                h = apply(stage, h, told); // (N, width, H/pf, W/pf)
                skips.push(h);
            }
            if (middle == null) h = h.clone(); // the way up frees it, and it is a skip as well
            else h = apply(middle, h, told); // (N, width, H/pf, W/pf)
            for (Stage stage : up) h = ascend(stage, h, skips.pop(), told); // (N, width, H/pf, W/pf)
            h = outConv.forward(GroupNorm.activated(Activation.SILU, outNorm, h)); // (N, p p out, H/p, W/p)
            return unfold(config.variant().output(h.to(ScalarType.Float), times).contiguous()); // (N, out, H, W)
        });
    }

    private Tensor apply(Stage stage, Tensor h, Tensor... told) {
        return recomputation.apply(stage::of, before(told, h)); // (N, width, H/f, W/f)
    }

    private static Tensor[] before(Tensor[] told, Tensor... maps) {
        return Stream.of(maps, told).flatMap(Stream::of).toArray(Tensor[]::new);
    }

    private Tensor fold(Tensor x) {
        return config.patch() == 1 ? x : torch.pixel_unshuffle(x, config.patch()); // (N, p p C, H/p, W/p)
    }

    private Tensor unfold(Tensor h) {
        return config.patch() == 1 ? h : torch.pixel_shuffle(h, config.patch()); // (N, out, H, W)
    }

    /** A stage of the way up; its two inputs, which nobody needs afterwards, are freed. */
    private Tensor ascend(Stage stage, Tensor h, Tensor skip, Tensor... told) {
        Tensor out = recomputation.apply(stage::ofJoined, before(told, h, skip));
        h.close();
        skip.close();
        return out; // (N, width, H/f, W/f)
    }
}
