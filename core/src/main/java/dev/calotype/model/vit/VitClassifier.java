package dev.calotype.model.vit;

import dev.calotype.model.Pixels;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained {@link VisionTransformer} that names what is in pictures, and whose features sets of pictures can be compared in. Pictures
 * of another size are resized by antialiased bilinear interpolation. It looks as {@link VisionTransformer#rollOut} tells.
 */
public final class VitClassifier extends TransformerClassifier<VisionTransformer> {
    /** @param network closed by {@link #close} */
    public VitClassifier(Scope.Owned<VisionTransformer> network, Identity identity, Standardization pixels) {
        super(network, identity, pixels);
    }

    @Override
    public int dimensions() {
        return network().config().features();
    }

    @Override
    public int size() {
        return network().ports().size();
    }

    @Override
    public int channels() {
        return network().ports().channels();
    }

    @Override
    public String input() {
        return size() + " x " + size() + ", antialiased bilinear, " + standardised();
    }

    @Override
    public String caution() {
        return madeFor().isEmpty()
                ? ""
                : name() + " learned from " + madeFor() + ": of other pictures its numbers say little.";
    }

    @Override
    protected Tensor prepared(VisionTransformer n, Tensor given) {
        Pixels.require(name(), given, n.ports().channels());
        return standardised(Pixels.resize(Device.of(n).move(given), n.ports().size())); // (N, C, S, S)
    }

    @Override
    protected Tensor features(VisionTransformer n, Tensor prepared) {
        return n.features(prepared);
    }

    @Override
    protected Tensor logits(VisionTransformer n, Tensor prepared) {
        return n.forward(prepared);
    }

    @Override
    protected Tensor attention(VisionTransformer n, Tensor prepared) {
        return n.rollOut(prepared);
    }
}
