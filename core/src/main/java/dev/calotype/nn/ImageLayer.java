package dev.calotype.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A layer of an image network: a feature map (N, C, H, W) and the embedding (N, D) of time and condition in, a feature map out. */
@FunctionalInterface
public interface ImageLayer {
    Tensor forward(Tensor x, Tensor embedding);

    /**
     * The same of a layer that looks at the tokens of a condition too; others ignore them.
     *
     * @param tokens (N, K, W), or null for none
     */
    default Tensor forward(Tensor x, Tensor embedding, Tensor tokens) {
        return forward(x, embedding);
    }

    /** The same of a map that nobody else wants: it is freed, or becomes the result. */
    default Tensor spend(Tensor x, Tensor embedding, Tensor tokens) {
        Tensor made = forward(x, embedding, tokens);
        x.close();
        return made;
    }

    /** What layers make of {@code x} one after the other. What lies between is freed; {@code x} is not. */
    static Tensor through(List<? extends ImageLayer> layers, Tensor x, Tensor embedding, Tensor tokens) {
        Tensor h = x;
        for (ImageLayer layer : layers)
            h = h == x ? layer.forward(h, embedding, tokens) : layer.spend(h, embedding, tokens);
        return h;
    }
}
