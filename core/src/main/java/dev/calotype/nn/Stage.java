package dev.calotype.nn;

import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Image layers in sequence, named 0, 1, 2, ... */
public final class Stage extends Module implements ImageLayer {
    private final List<ImageLayer> layers = new ArrayList<>();
    private final List<Module> children = new ArrayList<>();

    public Stage() {
        super("Stage");
    }

    /** Appends a layer. */
    public <M extends Module & ImageLayer> Stage add(M layer) {
        return register(layer, layer);
    }

    /** Appends a convolution, which does not look at the embedding. */
    public Stage add(Conv2dImpl convolution) {
        return register(convolution, (x, embedding) -> convolution.forward(x));
    }

    private Stage register(Module module, ImageLayer layer) {
        register_module(String.valueOf(layers.size()), module);
        children.add(module);
        layers.add(layer);
        return this;
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        return forward(x, embedding, null);
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding, Tensor tokens) {
        return ImageLayer.through(layers, x, embedding, tokens);
    }

    /** {@link #forward} of a map, what is told and, where there are some, tokens. */
    public Tensor of(Tensor... in) {
        return forward(in[0], in[1], in.length > 2 ? in[2] : null);
    }

    /** {@link #of} where the first is a map to be joined with the second, which has other channels. */
    public Tensor ofJoined(Tensor... in) {
        return forward(Tensors.cat(1, in[0], in[1]), in[2], in.length > 3 ? in[3] : null);
    }
}
