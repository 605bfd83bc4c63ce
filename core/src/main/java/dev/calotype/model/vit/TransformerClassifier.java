package dev.calotype.model.vit;

import dev.calotype.model.PictureClassifier;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A trained transformer that names what it sees, whatever that is: its identity, and what it computes of checked pixels. */
public abstract class TransformerClassifier<N extends Module> implements PictureClassifier {
    private final Scope.Owned<N> network;
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
    protected TransformerClassifier(Scope.Owned<N> network, Identity identity, Standardization pixels) {
        this.network = network;
        this.identity = identity;
        this.pixels = pixels;
    }

    /** The network, borrowed. */
    protected final N network() {
        return network.value();
    }

    /** How values are standardised, in words. */
    protected final String standardised() {
        return "(x - " + pixels.mean() + ") / " + pixels.deviation();
    }

    /** Values in 0..255, (N, C, H, W), as the network wants them. */
    protected final Tensor standardised(Tensor values) {
        return pixels.apply(Tensors.scale(1 / 127.5, values).sub(new Scalar(1.0))); // (N, C, H, W)
    }

    /** What was given as the network sees it, if it can be. */
    protected abstract Tensor prepared(N network, Tensor given);

    /** The features of what is prepared, (N, D). */
    protected abstract Tensor features(N network, Tensor prepared);

    /** The logits of what is prepared, (N, K). */
    protected abstract Tensor logits(N network, Tensor prepared);

    /** Where the network looks in what is prepared, as {@link #attention(Tensor)} tells it. */
    protected abstract Tensor attention(N network, Tensor prepared);

    @Override
    public final String name() {
        return identity.name();
    }

    @Override
    public final String hash() {
        return identity.hash().substring(0, Math.min(16, identity.hash().length()));
    }

    @Override
    public final String madeFor() {
        return identity.madeFor();
    }

    @Override
    public final List<String> classes() {
        return identity.classes();
    }

    @Override
    public final Tensor features(Tensor given) {
        return network.use(
                n -> Scope.inference(() -> features(n, prepared(n, given)).cpu()));
    }

    @Override
    public final Tensor logits(Tensor given) {
        return network.use(
                n -> Scope.inference(() -> logits(n, prepared(n, given)).cpu()));
    }

    @Override
    public final Optional<Tensor> attention(Tensor given) {
        return Optional.of(network.use(
                n -> Scope.inference(() -> attention(n, prepared(n, given)).cpu())));
    }

    @Override
    public final void close() {
        network.close();
    }
}
