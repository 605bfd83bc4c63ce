package dev.calotype.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The plain denoising network (Zhang et al., <em>Beyond a Gaussian Denoiser</em>, 2017), frozen: 3 x 3 convolutions with
 * rectifiers between them, which answer the noise. Takes the weights of github.com/cszn/KAIR, in which batch normalisation
 * has been merged: {@code model.0.weight}, {@code model.2.weight} and so on. Depth, width and channels are those of the
 * weights.
 */
public final class DnCnn implements AutoCloseable {
    private static final int STRIDE = 2; // a rectifier stands between two convolutions

    private final FrozenWeights weights;
    private final int layers;
    private final int channels;

    private DnCnn(FrozenWeights weights, int layers, int channels) {
        this.weights = weights;
        this.layers = layers;
        this.channels = channels;
    }

    /**
     * The network with {@code weights}, which are copied.
     *
     * @throws IllegalArgumentException if one is missing, unknown or of another shape
     */
    public static DnCnn of(Map<String, Tensor> weights) {
        Map<String, Tensor> given = FrozenWeights.plainNames(weights);
        int layers = 0;
        while (given.containsKey(layer(layers) + ".weight")) layers++;
        if (layers < 2 || given.get(layer(0) + ".weight").dim() != 4)
            throw new IllegalArgumentException("DnCNN wants convolutions model.0, model.2, ...: " + given.keySet());
        int width = Math.toIntExact(given.get(layer(0) + ".weight").size(0));
        int channels = Math.toIntExact(given.get(layer(0) + ".weight").size(1));
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < layers; i++) {
            long out = i == layers - 1 ? channels : width;
            shapes.put(layer(i) + ".weight", new long[] {out, i == 0 ? channels : width, 3, 3});
            shapes.put(layer(i) + ".bias", new long[] {out});
        }
        return new DnCnn(new FrozenWeights("dncnn", weights, shapes), layers, channels);
    }

    private static String layer(int index) {
        return "model." + STRIDE * index;
    }

    /** 1 for grey pictures, 3 for RGB. */
    public int channels() {
        return channels;
    }

    /** How far away a pixel can be and still have a say. */
    public int reach() {
        return layers;
    }

    /** The pictures without noise: (N, C, H, W), nominally in [0, 1], to the same. */
    public Tensor denoise(Tensor noisy) {
        Tensor x = weights.onDevice(noisy); // (N, C, H, W)
        Tensor h = x;
        for (int i = 0; i < layers; i++) {
            h = weights.convolve(layer(i), h, FrozenWeights.Window.same(3, 3)); // (N, width or C, H, W)
            if (i < layers - 1) h = h.relu();
        }
        return x.sub(h); // (N, C, H, W)
    }

    @Override
    public void close() {
        weights.close();
    }
}
