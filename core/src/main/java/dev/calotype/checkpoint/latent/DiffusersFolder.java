package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.JsonFile;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;

/** A folder of a model of diffusers: {@code config.json}, and its weights in one file or in several. */
record DiffusersFolder(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STEM = "diffusion_pytorch_model";
    private static final long MAX_CONFIG_BYTES = 1 << 20;

    /** What is read from a config. */
    interface Reading<T> {
        T of(JsonNode json) throws IOException;
    }

    Path config() {
        return path.resolve("config.json");
    }

    /** The settings, whatever is wrong with which is said of this file. */
    <T> T config(Reading<T> reading) throws IOException {
        JsonNode json = JsonFile.object(JSON, config(), MAX_CONFIG_BYTES);
        try {
            return reading.of(json);
        } catch (IOException e) {
            throw new IOException("cannot use " + config() + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + config() + ": its network is not supported: " + e.getMessage(), e);
        }
    }

    Map<String, StoredTensor> weights() throws IOException {
        return WeightFile.stored(new WeightFolder(path, STEM).find());
    }

    /** A network with weights of our names. */
    static <M extends Module> Scope.Owned<M> loaded(
            Supplier<M> fresh, Map<String, StoredTensor> weights, Precision precision, Path from) throws IOException {
        try {
            Scope.Owned<M> network = Weights.loaded(fresh, weights, precision);
            network.value().eval();
            return network;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the weights of " + from + " are not those of its config: " + LayerNames.theirs(e.getMessage()), e);
        }
    }
}
