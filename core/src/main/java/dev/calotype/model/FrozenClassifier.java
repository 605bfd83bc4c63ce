package dev.calotype.model;

import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A frozen network whose features are what its last, fully connected layer reads classes from. */
abstract sealed class FrozenClassifier implements Classifier permits InceptionV3, LeNet, ResNetCifar {
    /**
     * What a network is, apart from its layers.
     *
     * @param channels of the pictures it wants
     * @param dimensions of its features
     * @param lastLayer the name of the layer that turns features into logits
     */
    record Identity(String name, int channels, int dimensions, String lastLayer, List<String> classes) {}

    /** The weights, with the layers that use them. */
    final FrozenWeights weights;

    private final Identity identity;

    FrozenClassifier(Identity identity, FrozenWeights weights) {
        this.identity = identity;
        this.weights = weights;
    }

    /** The features (N, D) of checked pixels, on the device of the weights. */
    abstract Tensor penultimate(Tensor pixels);

    /** Pixels as {@link #penultimate} takes them, if they can be. */
    Tensor checked(Tensor pixels) {
        Pixels.require(name(), pixels, identity.channels());
        return pixels;
    }

    /** The logits (N, K) of features. */
    Tensor scores(Tensor features) {
        return weights.connect(identity.lastLayer(), features);
    }

    @Override
    public final String name() {
        return identity.name();
    }

    @Override
    public final String hash() {
        return weights.hash();
    }

    @Override
    public final int dimensions() {
        return identity.dimensions();
    }

    @Override
    public final List<String> classes() {
        return identity.classes();
    }

    @Override
    public final Tensor features(Tensor pixels) {
        return Scope.inference(() -> penultimate(checked(pixels)).cpu());
    }

    @Override
    public final Tensor logits(Tensor pixels) {
        return Scope.inference(() -> scores(penultimate(checked(pixels))).cpu());
    }

    @Override
    public final Tensor logits(Tensor pixels, Tensor features) {
        return Scope.inference(() -> scores(weights.onDevice(features)).cpu());
    }

    @Override
    public final void close() {
        weights.close();
    }
}
