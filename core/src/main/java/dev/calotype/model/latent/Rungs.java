package dev.calotype.model.latent;

import dev.calotype.nn.Attention;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** The levels of half an autoencoder, one after the other, without anything that they are told. */
final class Rungs {
    private final List<ImageLayer> layers = new ArrayList<>();
    private final BlockStyle style;

    Rungs(BlockStyle style) {
        this.style = style;
    }

    /** A level of {@link #blocks} each of which an attention follows, called {@code attentions}. */
    void attending(Layers into, int in, int out, int count) {
        Layers blocks = into.add("resnets", new Layers("resnets"));
        Layers attentions = into.add("attentions", new Layers("attentions"));
        for (int i = 0; i < count; i++) {
            block(blocks, String.valueOf(i), i == 0 ? in : out, out);
            layers.add(attentions.add(String.valueOf(i), new Attention(out, 1, Optional.of(style), 1)));
        }
    }

    /** A level of residual blocks, called {@code resnets} in {@code into}. */
    void blocks(Layers into, int in, int out, int count) {
        Layers blocks = into.add("resnets", new Layers("resnets"));
        for (int i = 0; i < count; i++) block(blocks, String.valueOf(i), i == 0 ? in : out, out);
    }

    /** The middle, called as diffusers does. */
    void middle(Layers into, int width, boolean attention) {
        Layers blocks = into.add("resnets", new Layers("resnets"));
        block(blocks, "0", width, width);
        if (attention)
            layers.add(into.add("attentions", new Layers("attentions"))
                    .add("0", new Attention(width, 1, Optional.of(style), 1)));
        block(blocks, "1", width, width);
    }

    /** One more layer, called {@code 0} in a list of {@code name}. */
    <M extends Module & ImageLayer> void add(Layers into, String name, M layer) {
        layers.add(into.add(name, new Layers(name)).add("0", layer));
    }

    private void block(Layers blocks, String name, int in, int out) {
        var config = new ResidualBlock.Config(in, out, 0, Conditioning.SHIFT, Resample.NONE);
        layers.add(blocks.add(name, new ResidualBlock(config, style, new Dropout(0))));
    }

    /** What the layers make of a map, which is freed. */
    Tensor forward(Tensor x) {
        Tensor made = Scope.tidy(() -> ImageLayer.through(layers, x, null, null));
        x.close();
        return made;
    }
}
