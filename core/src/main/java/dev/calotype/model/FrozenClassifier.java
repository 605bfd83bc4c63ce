package dev.calotype.model;

import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A frozen network whose features are what its last, fully connected layer reads classes from. */
abstract sealed class FrozenClassifier implements Classifier permits LeNet, ResNetCifar {
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
        Pixels.require(name(), pixels, identity.channels());
        return Scope.inference(() -> penultimate(pixels).cpu());
    }

    @Override
    public final Tensor logits(Tensor pixels) {
        Pixels.require(name(), pixels, identity.channels());
        return Scope.inference(
                () -> weights.connect(identity.lastLayer(), penultimate(pixels)).cpu());
    }

    @Override
    public final void close() {
        weights.close();
    }
}
