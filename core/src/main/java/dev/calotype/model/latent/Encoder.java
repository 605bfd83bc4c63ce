package dev.calotype.model.latent;

import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Downsample;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Pictures to means and variances of latents, or to latents. */
final class Encoder extends Module {
    private final BlockStyle style;
    private final Rungs rungs;
    private final Layers levels = new Layers("down_blocks"), middle = new Layers("mid_block");
    private final Conv2dImpl convIn, convOut;
    private final GroupNormImpl normOut;

    /** Of means and variances. */
    Encoder(KlAutoencoder.Config config) {
        this(config, 2 * config.latent(), List.of());
    }

    /**
     * @param out channels that go out
     * @param attending the levels whose residual blocks attentions follow, from the finest, 0, on
     */
    Encoder(KlAutoencoder.Config config, int out, List<Integer> attending) {
        super("Encoder");
        style = config.style();
        rungs = new Rungs(style);
        List<Integer> widths = config.widths();
        convIn = register_module("conv_in", Convolutions.same(config.channels(), widths.get(0), 3));
        register_module("down_blocks", levels);
        int now = widths.get(0);
        for (int i = 0; i < widths.size(); i++) {
            Layers level = levels.add(String.valueOf(i), new Layers("level"));
            if (attending.contains(i)) rungs.attending(level, now, widths.get(i), config.blocks());
            else rungs.blocks(level, now, widths.get(i), config.blocks());
            now = widths.get(i);
            if (i < widths.size() - 1) rungs.add(level, "downsamplers", new Downsample(now, Border.BEHIND));
        }
        register_module("mid_block", middle);
        rungs.middle(middle, now, config.attention());
        normOut = register_module("conv_norm_out", GroupNorm.of(now, style));
        convOut = register_module("conv_out", Convolutions.same(now, out, 3));
    }

    Tensor first() {
        return convIn.weight();
    }

    /** (N, C, H, W) to (N, out, H/f, W/f). */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = rungs.forward(convIn.forward(x)); // (N, width, H/f, W/f)
            return GroupNorm.convolved(convOut, style.activation(), normOut, h); // (N, out, H/f, W/f)
        });
    }
}
