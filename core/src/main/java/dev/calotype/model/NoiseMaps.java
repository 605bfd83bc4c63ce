package dev.calotype.model;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** The noise that each convolution of a {@link StyleGan2Generator} adds: detail that no style decides, such as grain. */
@FunctionalInterface
public interface NoiseMaps {
    /**
     * What a layer adds, in the caller's scope.
     *
     * @param layer counted from 0, the coarsest first
     * @param features what it is added to, (N, C, H, W)
     * @return (N or 1, 1, H, W) on the device and in the element type of {@code features}
     */
    Tensor of(int layer, Tensor features);

    /** The same maps for every image, always: an image is a function of its styles. */
    static NoiseMaps fixed() {
        return (layer, features) ->
                Tensors.as(Rng.of(0).fork(layer).normal(1, 1, features.size(2), features.size(3)), features);
    }

    /** Maps of their own for every image, drawn from forks of {@code rng}. */
    static NoiseMaps random(Rng rng) {
        return (layer, features) ->
                Tensors.as(rng.fork(layer).normal(features.size(0), 1, features.size(2), features.size(3)), features);
    }
}
