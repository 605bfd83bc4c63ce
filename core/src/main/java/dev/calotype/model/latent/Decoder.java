package dev.calotype.model.latent;

import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Upsample;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Latents to pictures. */
final class Decoder extends Module {
    private final BlockStyle style;
    private final Rungs rungs;
    private final Layers levels = new Layers("up_blocks"), middle = new Layers("mid_block");
    private final Conv2dImpl convIn, convOut;
    private final GroupNormImpl normOut;

    Decoder(KlAutoencoder.Config config) {
        this(config, List.of());
    }

    /** @param attending the levels whose residual blocks attentions follow, from the finest, 0, on */
    Decoder(KlAutoencoder.Config config, List<Integer> attending) {
        super("Decoder");
        style = config.style();
        rungs = new Rungs(style);
        List<Integer> widths = config.widths();
        int last = widths.size() - 1, now = widths.get(last);
        convIn = register_module("conv_in", Convolutions.same(config.latent(), now, 3));
        register_module("mid_block", middle);
        rungs.middle(middle, now, config.attention());
        register_module("up_blocks", levels);
        for (int i = 0; i <= last; i++) {
            Layers level = levels.add(String.valueOf(i), new Layers("level"));
            int width = widths.get(last - i);
            if (attending.contains(last - i)) rungs.attending(level, now, width, config.blocks() + 1);
            else rungs.blocks(level, now, width, config.blocks() + 1);
            now = width;
            if (i < last) rungs.add(level, "upsamplers", new Upsample(now));
        }
        normOut = register_module("conv_norm_out", GroupNorm.of(now, style));
        convOut = register_module("conv_out", Convolutions.same(now, config.channels(), 3));
    }

    Tensor first() {
        return convIn.weight();
    }

    Tensor last() {
        return convOut.weight();
    }

    /** (N, L, h, w) to (N, C, f h, f w). */
    Tensor forward(Tensor z) {
        return Scope.tidy(() -> {
            Tensor h = rungs.forward(convIn.forward(z)); // (N, width, f h, f w)
            return GroupNorm.convolved(convOut, style.activation(), normOut, h); // (N, C, f h, f w)
        });
    }
}
