package dev.calotype.nn;

import dev.calotype.nn.adapt.AdaptableConvolution;
import dev.calotype.nn.adapt.AdaptableLinear;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Tensor;

/**
 * Large layers, which are made without their weights where these are about to be read from a file: neither the memory for weights in
 * fp32 nor the time to draw random ones is spent then.
 */
public final class Blank {
    private static final ThreadLocal<Boolean> WANTED = ThreadLocal.withInitial(() -> false);

    private Blank() {}

    /**
     * What {@code body} makes on this thread, with layers of weights that have a shape and no memory: they mean nothing, and
     * nothing can be copied to them, until others are put in their place by {@link Tensor#set_data}.
     */
    public static <T> T make(Supplier<T> body) {
        boolean before = WANTED.get();
        WANTED.set(true);
        try {
            return body.get();
        } finally {
            WANTED.set(before);
        }
    }

    /** Whether layers of this thread are made without weights. */
    public static boolean wanted() {
        return WANTED.get();
    }

    /** A linear layer with a bias. */
    public static LinearImpl linear(long in, long out) {
        return linear(new LinearOptions(in, out));
    }

    /** A linear layer. */
    public static LinearImpl linear(LinearOptions options) {
        long in = options.in_features().get(), out = options.out_features().get();
        Allowance.take(out, in);
        if (!wanted()) return new AdaptableLinear(options);
        options.in_features().put(1);
        options.out_features().put(1);
        LinearImpl layer = new AdaptableLinear(options);
        layer.options().in_features().put(in);
        layer.options().out_features().put(out);
        shape(layer.weight(), out, in);
        if (layer.bias().defined()) shape(layer.bias(), out);
        return layer;
    }

    /** A linear layer with a bias, which has its weights also where others are made without. */
    public static LinearImpl filled(long in, long out) {
        Allowance.take(out, in);
        return new LinearImpl(in, out);
    }

    /** A linear layer that is a matrix alone. */
    public static LinearImpl unbiased(long in, long out) {
        LinearOptions options = new LinearOptions(in, out);
        options.bias().put(false);
        return linear(options);
    }

    /** A table of {@code rows} vectors. */
    public static EmbeddingImpl embedding(long rows, long width) {
        Allowance.take(rows, width);
        if (!wanted()) return new EmbeddingImpl(rows, width);
        EmbeddingImpl layer = new EmbeddingImpl(1, 1);
        layer.options().num_embeddings().put(rows);
        layer.options().embedding_dim().put(width);
        shape(layer.weight(), rows, width);
        return layer;
    }

    /** A convolution of pictures in one group. */
    public static Conv2dImpl convolution(Conv2dOptions options) {
        long in = options.in_channels().get(), out = options.out_channels().get();
        Allowance.take(
                out, in, options.kernel_size().get(0), options.kernel_size().get(1));
        if (!wanted()) return AdaptableConvolution.learned(options);
        options.in_channels().put(1);
        options.out_channels().put(1);
        Conv2dImpl layer = AdaptableConvolution.read(options);
        layer.options().in_channels().put(in);
        layer.options().out_channels().put(out);
        shape(layer.weight(), out, in, layer.weight().size(2), layer.weight().size(3));
        if (layer.bias().defined()) shape(layer.bias(), out);
        return layer;
    }

    private static void shape(Tensor weight, long... sizes) {
        Scope.read(() -> {
            weight.set_data(weight.new_zeros(new long[0]).expand(sizes));
            return Tensors.shape(weight);
        });
    }
}
