package dev.calotype.model;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A {@link FeatureNetwork} with a last layer that names what is in a picture. */
public interface Classifier extends FeatureNetwork {
    /** The names of the K classes, in the order of the logits. */
    List<String> classes();

    /**
     * The scores before the softmax, without gradients.
     *
     * @param pixels as for {@link #features}
     * @return fp32 (N, K) on the CPU, in the caller's scope
     */
    Tensor logits(Tensor pixels);

    /**
     * The same of pictures whose features are known already: a network that reads classes from these need not look again.
     *
     * @param features what {@link #features} says of these pixels
     */
    default Tensor logits(Tensor pixels, Tensor features) {
        return logits(pixels);
    }
}
