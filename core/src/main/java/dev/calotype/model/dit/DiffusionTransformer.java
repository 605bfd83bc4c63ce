package dev.calotype.model.dit;

import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.dit.DitConfig.Positions;
import dev.calotype.model.hint.HintEncoder;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.ModulatedBlock;
import dev.calotype.nn.transformer.ModulatedBlock.Attentions;
import dev.calotype.nn.transformer.PositionTable;
import dev.calotype.nn.transformer.PositionTable.Frequencies;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A transformer that removes noise (DiT, Peebles and Xie 2023): squares of a noisy map are its tokens. Of time and class it is told as
 * there; of a vector as a U-Net is, whose tokens take part as {@link DitConfig#text} says.
 */
public final class DiffusionTransformer extends DiffusionNetwork {
    /** Places that are not learned, of maps of one size. */
    private record Fixed(int rows, int columns, float... values) {}

    private static final double DEVIATION = 0.02; // of tables and of the layers of time

    private final DitConfig config;
    private final Ports ports;
    private final int side;
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final DitTrunk trunk;
    private final DitTime time;
    private final EmbeddingImpl labels; // null without classes
    private final HintEncoder hints;
    private volatile Fixed fixed = new Fixed(0, 0);
    private final Tensor table; // (1, L, D); null where places are not learned

    /**
     * A network with fresh weights that depend on {@code rng} alone.
     *
     * @param side of the maps that it is trained on, a multiple of the patch
     */
    public DiffusionTransformer(DitConfig config, Ports ports, int side, Rng rng) {
        this(config, ports, side);
        Initialization.transformer(this, rng);
        Map<String, Tensor> parameters = Tensors.parameters(this);
        for (String name : new String[] {"time_embed.0.weight", "time_embed.2.weight", "label_emb.weight"}) {
            if (!parameters.containsKey(name)) continue;
            Tensor weight = parameters.get(name);
            Scope.read(() -> weight.copy_(
                    Tensors.scale(DEVIATION, rng.fork(name.hashCode()).normal(Tensors.shape(weight)))));
        }
        trunk.startAtZero();
    }

    /** A network for weights that are about to be loaded; until then they are the engine's own, which no seed fixes. */
    public DiffusionTransformer(DitConfig config, Ports ports, int side) {
        super("DiffusionTransformer");
        this.config = config;
        this.ports = ports;
        this.side = side;
        if (side % config.patch() != 0)
            throw new IllegalArgumentException(
                    "the side must be a multiple of transformer.patch, " + config.patch() + ": " + side);
        dropout = new Dropout(config.dropout());
        recomputation = new Recomputation(dropout);
        time = new DitTime(this, config.width(), config.timeShift());
        labels = ports.classes() == 0
                ? null
                : register_module("label_emb", Blank.embedding(ports.classes(), config.width()));
        hints = register_module("hints", new HintEncoder(ports.hints(), config.width()));
        boolean learned = config.positions() == Positions.LEARNED;
        int rows = side / config.patch();
        if (learned) Allowance.take((long) rows * rows, config.width());
        table = learned
                ? Device.CPU.zeros(1, (long) rows * rows, config.width()).requires_grad_(true)
                : null;
        if (learned) register_parameter("pos_embed", table);
        trunk = new DitTrunk(this, ports.in() + ports.hints().picture(), ports.out(), config.patch(), config.width());
        for (int i = 0; i < config.depth(); i++) {
            var text = config.text(i, ports.hints().attended());
            trunk.add(new ModulatedBlock(config.block(), text, Attentions.ONCE, dropout), text);
        }
    }

    /** The shape of the network. */
    public DitConfig config() {
        return config;
    }

    /** What goes in and out. */
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
     * @throws IllegalArgumentException if the channels or sides are others than the network takes, or labels are missing, too many or
     *     out of range
     */
    @Override
    public Tensor forward(Tensor x, Tensor times, Condition condition) {
        Tensor seen = hints.beside(x, condition.columns()); // (N, C, H, W)
        trunk.require(seen);
        ScalarType type = trunk.type();
        return Scope.tidy(() -> {
            Tensor e = time.forward(times, type); // (N, D)
            if (labels != null)
                e = e.add(labels.forward(
                        Device.of(times).move(Tensors.of(condition.labels(ports.classes(), times.size(0)))))); // (N, D)
            Tensor[] told = hints.tell(e, condition.columns()); // (N, D), and where there are tokens (N, K, D)
            Tensor tokens = told.length > 1 ? told[1] : null; // (N, K, D)
            return trunk.forward(
                    seen, this::places, torch.silu(told[0]), tokens, new DitTrunk.Way(recomputation)); // (N, out, H, W)
        });
    }

    private Tensor places(int rows, int columns) {
        if (table == null) {
            Fixed known = fixed;
            if (known.rows != rows || known.columns != columns)
                known = new Fixed(rows, columns, PositionTable.sinCos(rows, columns, config.width(), Frequencies.OPEN));
            fixed = known;
            return trunk.device().move(Tensors.of(known.values, 1, (long) rows * columns, config.width())); // (1, L, D)
        }
        int own = side / config.patch();
        if (rows != own || columns != own)
            throw new IllegalArgumentException("with learned positions the sides must be " + side + ": "
                    + rows * config.patch() + " x " + columns * config.patch());
        return table; // (1, L, D)
    }
}
