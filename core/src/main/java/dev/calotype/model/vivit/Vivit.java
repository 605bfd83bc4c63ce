package dev.calotype.model.vivit;

import dev.calotype.model.ClassifierNetwork;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.TubeletEmbedding;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The Video Vision Transformer (Arnab et al. 2021, arXiv:2103.15691): a clip is cut into tubelets, which look at each other in one of four
 * ways. Parameter names follow timm within {@code encoder}, which in a factorised encoder is that of a moment, and {@code time}, that of
 * the moments.
 */
public final class Vivit extends ClassifierNetwork {
    private static final long WEIGHTS = 0, TUBELETS = 1;

    private final VivitConfig config;
    private final Ports ports;
    private final int moments;
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final TubeletEmbedding embedding;
    private final VivitEncoder encoder, time;
    private final LinearImpl head;

    /** A fresh network. Its head is 0, and so is what model 3 adds in time. */
    public Vivit(VivitConfig config, Ports ports, Rng rng) {
        this(config, ports);
        Initialization.transformer(this, rng.fork(WEIGHTS));
        embedding.start(config.start(), rng.fork(TUBELETS));
        encoder.silenceTime();
    }

    /** A network whose weights are still to be read. */
    public Vivit(VivitConfig config, Ports ports) {
        super("Vivit");
        this.config = config;
        this.ports = ports;
        int width = config.width(), grid = config.grid(ports.size());
        moments = config.moments(ports.frames());
        dropout = new Dropout(config.dropout());
        recomputation = new Recomputation(dropout);
        embedding = register_module(
                "tubelet_embed", new TubeletEmbedding(ports.channels(), config.tubelet(), config.patch(), width));
        boolean apart = config.variant() == Variant.FACTORISED_ENCODER;
        encoder = register_module("encoder", encoder(config.depth(), apart ? 1 : moments, grid * grid));
        time = apart && config.temporalDepth() > 0
                ? register_module("time", encoder(config.temporalDepth(), moments, 1))
                : null;
        head = ports.classes() == 0 ? null : register_module("head", Blank.filled(width, ports.classes()));
    }

    private VivitEncoder encoder(int depth, int moments, int places) {
        return new VivitEncoder(config, depth, (long) moments * places, moments, dropout, recomputation);
    }

    /** The shape of the network. */
    public VivitConfig config() {
        return config;
    }

    /** What stands around the blocks. */
    public Ports ports() {
        return ports;
    }

    /** {@inheritDoc} Throws IllegalArgumentException if the clips are of another length, size or number of channels. */
    @Override
    public Tensor forward(Tensor x) {
        if (head == null) throw new IllegalStateException("the network has no classes, only features");
        return Scope.tidy(() -> head.forward(encode(x)).to(ScalarType.Float)); // (N, K)
    }

    @Override
    public Tensor features(Tensor x) {
        return Scope.tidy(() -> encode(x).to(ScalarType.Float)); // (N, D)
    }

    private Tensor encode(Tensor x) {
        return Scope.tidy(() -> {
            Tensor tokens = tokens(x); // (N, T S, D)
            if (config.variant() != Variant.FACTORISED_ENCODER) return encoder.forward(tokens); // (N, D)
            Tensor each = encoder.forward(byMoment(tokens)).reshape(x.size(0), moments, -1); // (N, T, D)
            return time == null ? each.mean(1) : time.forward(each); // (N, D)
        });
    }

    private Tensor byMoment(Tensor tokens) {
        return tokens.reshape(tokens.size(0) * moments, tokens.size(1) / moments, tokens.size(2)); // (N T, S, D)
    }

    private Tensor tokens(Tensor given) {
        Tensor x = given.dim() == 4 && ports.frames() == 1 ? given.unsqueeze(1) : given; // (N, T, C, H, W)
        if (x.dim() != 5
                || x.size(1) != ports.frames()
                || x.size(2) != ports.channels()
                || x.size(3) != ports.size()
                || x.size(4) != ports.size())
            throw new IllegalArgumentException("clips must be (N, " + ports.frames() + ", " + ports.channels() + ", "
                    + ports.size() + ", " + ports.size() + "): " + Arrays.toString(Tensors.shape(x)));
        return Scope.tidy(
                () -> embedding.forward(config.sampled() == 0 ? x : x.index_select(1, seen(x)))); // (N, T S, D)
    }

    private Tensor seen(Tensor x) {
        return Device.of(x).move(Tensors.of(config.seen(ports.frames())));
    }

    /**
     * Where the network looks: attention roll-out (Abnar &amp; Zuidema 2020), from what the classes are read from to the tubelets. In
     * a factorised encoder the share of a tubelet is that of its moment times its share of the moment.
     *
     * @param x fp32 (N, T, C, H, W)
     * @return the share of each tubelet, fp32 (N, moments, H / patch, W / patch); sums to 1
     */
    public Tensor rollOut(Tensor x) {
        long grid = config.grid(ports.size());
        return Scope.inference(() -> {
            Tensor tokens = tokens(x); // (N, T S, D)
            if (config.variant() != Variant.FACTORISED_ENCODER)
                return encoder.rollOut(tokens).reshape(x.size(0), moments, grid, grid);
            Tensor apart = byMoment(tokens); // (N T, S, D)
            Tensor places = encoder.rollOut(apart).reshape(x.size(0), moments, grid, grid);
            if (time == null) return places.div(new Scalar((double) moments));
            Tensor when = time.rollOut(encoder.forward(apart).reshape(x.size(0), moments, -1)); // (N, T)
            return places.mul(when.reshape(x.size(0), moments, 1, 1));
        });
    }

    /** The frames that stand for a row of {@link #rollOut}: the middle of each tubelet. */
    public int[] shown() {
        int[] seen = config.seen(ports.frames());
        int[] shown = new int[moments];
        for (int i = 0; i < moments; i++) shown[i] = seen[i * config.tubelet() + config.tubelet() / 2];
        return shown;
    }

    TubeletEmbedding embedding() {
        return embedding;
    }

    @Override
    public void reseed(long seed) {
        dropout.reseed(seed);
    }

    @Override
    public void recompute(Recomputation.Policy policy) {
        recomputation.policy(policy);
    }
}
