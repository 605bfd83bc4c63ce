package dev.calotype.checkpoint.latent;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Module;

/** Makes networks of weights of our names. */
final class LatentNetworks {
    private LatentNetworks() {}

    /** The weights of a denoiser that looks at texts, or of a part of one, by our names. */
    static Map<String, StoredTensor> ours(StoredNetwork stored) throws IOException {
        return named(stored, stored.weights(), theirs -> LayerNames.transformers(LayerNames.blocks(theirs)));
    }

    /**
     * Weights by our names.
     *
     * @throws IOException with the network's folder or file if some of those that become one are lacking, or do not fit
     */
    static Map<String, StoredTensor> named(
            StoredNetwork stored, Map<String, StoredTensor> theirs, UnaryOperator<Map<String, StoredTensor>> naming)
            throws IOException {
        try {
            return naming.apply(theirs);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + stored.path() + ": " + e.getMessage(), e);
        }
    }

    static <M extends Module> Scope.Owned<M> loaded(
            Supplier<M> fresh, Map<String, StoredTensor> weights, Precision precision, Path from) throws IOException {
        try {
            Scope.Owned<M> network = Weights.loaded(fresh, weights, precision);
            network.value().eval();
            return network;
        } catch (IllegalArgumentException e) {
            throw others(from, e);
        }
    }

    static void load(Module blank, Map<String, StoredTensor> weights, Precision precision, Path from)
            throws IOException {
        try {
            Weights.load(blank, weights, precision);
            blank.eval();
        } catch (IllegalArgumentException e) {
            throw others(from, e);
        }
    }

    private static IOException others(Path from, IllegalArgumentException e) {
        return new IOException(
                "the weights of " + from + " are not those of its config: " + LayerNames.theirs(e.getMessage()), e);
    }
}
