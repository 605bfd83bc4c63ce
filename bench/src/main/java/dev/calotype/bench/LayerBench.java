package dev.calotype.bench;

import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layout;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/** Layers in a precision and its layout, and feature maps for them, that live as long as the benchmark. */
public abstract class LayerBench extends EngineBench {
    static final int BATCH = 32;

    /** In which the layer computes. */
    @Param({"BF16", "FP32"})
    public Precision precision;

    private final List<AutoCloseable> owned = new ArrayList<>();

    /** The layer with weights as a network has them in this precision. */
    final <N extends Module> N layer(Supplier<N> make) {
        Scope.Owned<N> layer = Scope.own(make::get);
        owned.add(layer);
        Scope.read(() -> {
            for (Tensor parameter : Tensors.parameters(layer.value()).values())
                parameter.set_data(Layout.of(precision.dtype()).apply(parameter.to(precision.dtype())));
            return null;
        });
        return layer.value();
    }

    /** Gaussian numbers that want a gradient. */
    final Tensor leaf(long... shape) {
        Tensor leaf = Scope.keep(
                () -> Layout.of(precision.dtype()).apply(Rng.of(1).normal(shape).to(precision.dtype())));
        leaf.requires_grad_(true);
        owned.add(leaf);
        return leaf;
    }

    /** Forward and backward. */
    static void train(ImageLayer layer, Tensor x, Tensor embedding) {
        Scope.run(() -> layer.forward(x, embedding).sum().backward());
    }

    /** Forward, without gradients. */
    static void infer(ImageLayer layer, Tensor x, Tensor embedding) {
        Scope.read(() -> layer.forward(x, embedding));
    }

    /** Frees layers and feature maps. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        for (AutoCloseable each : owned) each.close();
        owned.clear();
    }
}
