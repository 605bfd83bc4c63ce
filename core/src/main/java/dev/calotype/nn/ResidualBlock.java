package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Strips;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * The residual block of Improved DDPM / ADM: two normalised convolutions, the embedding entering between them, and
 * optionally a change of resolution before the first.
 */
public final class ResidualBlock extends Module implements ImageLayer {
    /** How the embedding acts on the features. */
    public enum Conditioning {
        /** h + e, before the second normalisation (DDPM). */
        SHIFT,
        /** norm(h) (1 + s) + t with (s, t) = e (Improved DDPM). */
        SCALE_SHIFT
    }

    /**
     * The shape of a block.
     *
     * @param in channels that come in
     * @param out channels that go out
     * @param embedding width of the embedding; 0 for none
     */
    public record Config(int in, int out, int embedding, Conditioning conditioning, Resample resample) {}

    private final Config config;
    private final BlockStyle style;
    private final Dropout dropout;
    private final Layers inLayers = new Layers("in_layers");
    private final Layers embLayers = new Layers("emb_layers");
    private final Layers outLayers = new Layers("out_layers");
    private final GroupNormImpl norm1;
    private final GroupNormImpl norm2;
    private final Conv2dImpl conv1;
    private final Conv2dImpl conv2;
    private final LinearImpl project;
    private final Conv2dImpl skip;
    private int toldFrom; // the column of what this block makes of the embedding, where that stands beside it

    public ResidualBlock(Config config, Dropout dropout) {
        this(config, BlockStyle.IMPROVED_DDPM, dropout);
    }

    public ResidualBlock(Config config, BlockStyle style, Dropout dropout) {
        super("ResidualBlock");
        this.config = config;
        this.style = style;
        this.dropout = dropout;
        int in = config.in(), out = config.out();
        int projected = config.conditioning() == Conditioning.SCALE_SHIFT ? 2 * out : out;
        register_module("in_layers", inLayers);
        norm1 = inLayers.add("0", GroupNorm.of(in, style));
        conv1 = inLayers.add("2", Convolutions.same(in, out, 3));
        register_module("emb_layers", embLayers);
        project = config.embedding() == 0 ? null : embLayers.add("1", Blank.linear(config.embedding(), projected));
        register_module("out_layers", outLayers);
        norm2 = outLayers.add("0", GroupNorm.of(out, style));
        conv2 = outLayers.add("3", Convolutions.zero(Convolutions.same(out, out, 3)));
        skip = in == out ? null : register_module("skip_connection", Convolutions.same(in, out, 1));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        return Scope.tidy(() -> {
            Tensor h = Scope.tidy(() -> enter(x)); // (N, out, H', W')
            Tensor residual = Scope.tidy(() -> leave(h, embedding)); // (N, out, H', W')
            h.close();
            Tensor identity = config.resample().apply(x); // (N, in, H', W')
            Tensor sum = sum(identity, residual); // (N, out, H', W')
            return style.scale() == 1 ? sum : Tensors.scale(1 / style.scale(), sum); // (N, out, H', W')
        });
    }

    /** A large map becomes the result, some rows at a time. */
    @Override
    public Tensor spend(Tensor x, Tensor embedding, Tensor tokens) {
        boolean plain = project == null && config.resample() == Resample.NONE && style.scale() == 1;
        boolean inPlace = skip == null || 2 * config.out() <= config.in() && x.size(0) == 1;
        if (!plain || !inPlace || !Strips.suit(x, 1) || !Convolutions.isPlain(conv1) || !Convolutions.isPlain(conv2))
            return ImageLayer.super.spend(x, embedding, tokens);
        Tensor made = Scope.tidy(() -> {
            Tensor[] maps =
                    Scope.tidyAll(() -> skip == null ? new Tensor[] {x, enter(x)} : divided(x)); // (N, out, H, W)
            Strips.add(maps[0], maps[1], conv2, GroupNorm.inRows(style.activation(), norm2, maps[1]));
            return maps[0]; // (N, out, H, W)
        });
        x.close();
        return made;
    }

    private Tensor[] divided(Tensor x) {
        return Strips.divide(x, skip::forward, conv1, GroupNorm.inRows(style.activation(), norm1, x));
    }

    private Tensor sum(Tensor identity, Tensor residual) {
        if (GradMode.is_enabled()) return (skip == null ? identity : skip.forward(identity)).add(residual);
        if (skip == null) return residual.add_(identity);
        if (!Strips.suit(identity, 1)) return residual.add_(skip.forward(identity));
        Strips.add(residual, identity, skip::forward);
        return residual;
    }

    private Tensor enter(Tensor x) {
        if (config.resample() == Resample.NONE)
            return GroupNorm.convolved(conv1, style.activation(), norm1, x); // (N, out, H, W)
        Tensor h = GroupNorm.activated(style.activation(), norm1, x); // (N, in, H, W)
        if (config.resample() == Resample.UP) return Convolutions.convolveDoubled(conv1, h); // (N, out, 2H, 2W)
        return conv1.forward(config.resample().apply(h)); // (N, out, H/2, W/2)
    }

    private Tensor leave(Tensor h, Tensor embedding) {
        if (project != null) return conv2.forward(dropout.apply(condition(h, told(embedding)))); // (N, out, H', W')
        // nothing is dropped where no backward pass follows
        if (!GradMode.is_enabled()) return GroupNorm.convolved(conv2, style.activation(), norm2, h); // (N, out, H', W')
        return conv2.forward(dropout.apply(GroupNorm.activated(style.activation(), norm2, h))); // (N, out, H', W')
    }

    private Tensor told(Tensor embedding) {
        if (embedding.size(1) > config.embedding())
            return embedding.narrow(1, toldFrom, project.weight().size(0)); // (N, out or 2 out): see Projections
        return project.forward(style.activation().apply(embedding)); // (N, out or 2 out)
    }

    private Tensor condition(Tensor h, Tensor e) {
        if (config.conditioning() == Conditioning.SHIFT)
            return GroupNorm.activated(
                    style.activation(), norm2, h.add(e.unsqueeze(2).unsqueeze(3)));
        return GroupNorm.activated(style.activation(), norm2, h, e);
    }

    /** The layer that the embedding goes through; {@code null} where there is none. */
    LinearImpl projection() {
        return project;
    }

    Activation activation() {
        return style.activation();
    }

    /** From what column on {@link Projections} puts what this block makes of the embedding. */
    void toldFrom(int column) {
        toldFrom = column;
    }
}
