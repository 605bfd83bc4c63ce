package dev.calotype.model;

import dev.calotype.model.UNetVariant.Labels;
import dev.calotype.model.UNetVariant.Signal;
import dev.calotype.model.UNetVariant.Time;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.FourierFeatures;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a {@link UNet} makes of time and class: one vector for all of its blocks. Its layers are the network's own. */
final class UNetEmbedding {
    /** Two linear layers with SiLU between. */
    private static final class Perceptron {
        private final Layers layers;
        private final LinearImpl first;
        private final LinearImpl second;

        Perceptron(Module owner, String name, long in, long out) {
            layers = new Layers(name);
            owner.register_module(name, layers);
            first = layers.add("0", Blank.linear(in, out));
            second = layers.add("2", Blank.linear(out, out));
        }

        Tensor forward(Tensor x) {
            return second.forward(torch.silu(first.forward(x))); // (N, out)
        }
    }

    private final Time variant;
    private final int channels;
    private final int classes;
    private final FourierFeatures fourier;
    private final EmbeddingImpl table;
    private final Perceptron time;
    private final EmbeddingImpl labels;
    private final Perceptron labelTime;

    UNetEmbedding(Module owner, UNet.Config config, int classes) {
        variant = config.variant().time();
        channels = config.channels();
        this.classes = classes;
        long in = config.signal(), out = config.embedding();
        boolean numbers = variant.labels() == Labels.LIKE_TIME && classes > 0;
        fourier = variant.signal() == Signal.FOURIER
                ? owner.register_module("time_proj", new FourierFeatures(channels))
                : null;
        table = variant.signal() == Signal.LEARNED
                ? owner.register_module("time_proj", Blank.embedding(variant.steps(), channels))
                : null;
        time = new Perceptron(owner, "time_embed", in, out);
        labels = classes == 0 || numbers ? null : owner.register_module("label_emb", Blank.embedding(classes, out));
        labelTime = numbers ? new Perceptron(owner, "label_emb", in, out) : null;
    }

    /** Draws what {@link dev.calotype.nn.Initialization} leaves as it is. */
    void draw(Rng rng) {
        if (fourier != null) fourier.draw(rng);
    }

    /**
     * (N, embedding) in {@code type}.
     *
     * @param times (N)
     */
    Tensor forward(Tensor times, Condition condition, ScalarType type) {
        Tensor e = time.forward(signal(times).to(type)); // (N, embedding)
        if (classes == 0) return e;
        Tensor numbers = Device.of(times).move(Tensors.of(condition.labels(classes, times.size(0)))); // (N)
        return e.add(
                labels != null
                        ? labels.forward(numbers)
                        : labelTime.forward(
                                signal(numbers.to(Tensors.dtype(times))).to(type))); // (N, embedding)
    }

    private Tensor signal(Tensor times) {
        return switch (variant.signal()) {
            case SINUSOIDS -> Embeddings.sinusoidal(times, channels, variant.order(), variant.shift());
            case FOURIER -> fourier.forward(times); // (N, 2 channels)
            case LEARNED -> table.forward(times.round().to(ScalarType.Long)); // (N, channels)
        };
    }
}
