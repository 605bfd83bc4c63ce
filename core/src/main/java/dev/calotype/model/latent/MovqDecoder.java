package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Upsample;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Latents to pictures by layers all of which look at the latents. */
final class MovqDecoder extends Module {
    private final Activation activation;
    private final List<ImageLayer> layers = new ArrayList<>();
    private final Conv2dImpl convIn, convOut;
    private final SpatialNorm normOut;

    MovqDecoder(Movq.Config config) {
        super("MovqDecoder");
        activation = config.activation();
        List<Integer> widths = config.widths();
        int last = widths.size() - 1, now = widths.get(last), latent = config.latent();
        convIn = register_module("conv_in", Convolutions.same(latent, now, 3));
        Layers middle = register_module("mid_block", new Layers("mid_block"));
        Layers blocks = middle.add("resnets", new Layers("resnets"));
        layers.add(blocks.add("0", new SpatialBlock(now, now, latent, activation)));
        if (config.attention())
            layers.add(middle.add("attentions", new Layers("attentions")).add("0", new SpatialAttention(now, latent)));
        layers.add(blocks.add("1", new SpatialBlock(now, now, latent, activation)));
        Layers levels = register_module("up_blocks", new Layers("up_blocks"));
        for (int i = last; i >= 0; i--) {
            Layers level = levels.add(String.valueOf(last - i), new Layers("level"));
            level(level, now, widths.get(i), config, config.attendingUp().contains(i));
            now = widths.get(i);
            if (i > 0)
                layers.add(level.add("upsamplers", new Layers("upsamplers")).add("0", new Upsample(now)));
        }
        normOut = register_module("conv_norm_out", new SpatialNorm(now, latent));
        convOut = register_module("conv_out", Convolutions.same(now, config.channels(), 3));
    }

    private void level(Layers level, int in, int out, Movq.Config config, boolean attends) {
        Layers blocks = level.add("resnets", new Layers("resnets"));
        Layers attentions = attends ? level.add("attentions", new Layers("attentions")) : null;
        for (int k = 0; k <= config.blocks(); k++) {
            String name = String.valueOf(k);
            layers.add(blocks.add(name, new SpatialBlock(k == 0 ? in : out, out, config.latent(), activation)));
            if (attends) layers.add(attentions.add(name, new SpatialAttention(out, config.latent())));
        }
    }

    /**
     * @param z (N, L, h, w)
     * @param latents what the layers look at, (N, L, h, w)
     * @return (N, C, f h, f w)
     */
    Tensor forward(Tensor z, Tensor latents) {
        return Scope.tidy(() -> {
            Tensor first = convIn.forward(z); // (N, width, h, w)
            Tensor h = Scope.tidy(() -> ImageLayer.through(layers, first, latents, null)); // (N, width, f h, f w)
            first.close();
            return convOut.forward(activation.apply(normOut.forward(h, latents))); // (N, C, f h, f w)
        });
    }
}
