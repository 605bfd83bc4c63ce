package dev.calotype.model.vit;

import dev.calotype.model.PictureClassifier;
import dev.calotype.model.Pixels;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained {@link VisionTransformer} that names what is in pictures, and whose features sets of pictures can be compared in. Pictures
 * of another size are resized by antialiased bilinear interpolation.
 */
public final class VitClassifier implements PictureClassifier {
    private final Scope.Owned<VisionTransformer> network;
    private final Identity identity;
    private final Standardization pixels;

    /**
     * What a classifier is, apart from its network.
     *
     * @param hash SHA-256 of its weights
     * @param madeFor the data set that it learned from; empty if it is not known
     * @param classes their names in the order of the logits; may be empty
     */
    public record Identity(String name, String hash, String madeFor, List<String> classes) {
        public Identity {
            classes = List.copyOf(classes);
        }
    }

    /** @param network closed by {@link #close} */
    public VitClassifier(Scope.Owned<VisionTransformer> network, Identity identity, Standardization pixels) {
        this.network = network;
        this.identity = identity;
        this.pixels = pixels;
    }

    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public String hash() {
        return identity.hash().substring(0, Math.min(16, identity.hash().length()));
    }

    @Override
    public int dimensions() {
        return network.value().config().features();
    }

    @Override
    public int size() {
        return network.value().ports().size();
    }

    @Override
    public int channels() {
        return network.value().ports().channels();
    }

    @Override
    public String input() {
        return size() + " x " + size() + ", antialiased bilinear, (x - " + pixels.mean() + ") / " + pixels.deviation();
    }

    @Override
    public String madeFor() {
        return identity.madeFor();
    }

    @Override
    public String caution() {
        return madeFor().isEmpty()
                ? ""
                : name() + " learned from " + madeFor() + ": of other pictures its numbers say little.";
    }

    @Override
    public List<String> classes() {
        return identity.classes();
    }

    @Override
    public Tensor features(Tensor pixels) {
        return network.use(
                n -> Scope.inference(() -> n.features(prepared(n, pixels)).cpu()));
    }

    @Override
    public Tensor logits(Tensor pixels) {
        return network.use(
                n -> Scope.inference(() -> n.forward(prepared(n, pixels)).cpu()));
    }

    /** {@inheritDoc} It is {@link VisionTransformer#rollOut}. */
    @Override
    public Optional<Tensor> attention(Tensor pixels) {
        return Optional.of(network.use(
                n -> Scope.inference(() -> n.rollOut(prepared(n, pixels)).cpu())));
    }

    private Tensor prepared(VisionTransformer n, Tensor given) {
        Pixels.require(name(), given, n.ports().channels());
        Tensor x = Pixels.resize(Device.of(n).move(given), n.ports().size()); // (N, C, S, S) in 0..255
        return pixels.apply(Tensors.scale(1 / 127.5, x).sub(new Scalar(1.0))); // (N, C, S, S)
    }

    @Override
    public void close() {
        network.close();
    }
}
