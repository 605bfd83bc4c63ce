package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A network of others of which no weights have been read: its settings as diffusers or transformers write them, and its weights by
 * their names.
 */
public final class StoredNetwork {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model", "pytorch_model");

    /** Where weights come from. */
    public interface Contents {
        /** The weights by name. */
        Map<String, StoredTensor> read() throws IOException;
    }

    /** What is read from settings. */
    public interface Reading<T> {
        /** A value of a {@code config.json}. */
        T of(JsonNode json) throws IOException;
    }

    private final Path path, source;
    private final JsonNode config;
    private final Contents contents;

    private StoredNetwork(Path path, Path source, JsonNode config, Contents contents) {
        this.path = path;
        this.source = source;
        this.config = config;
        this.contents = contents;
    }

    /** One whose settings are known, from whatever place, which messages name. */
    public static StoredNetwork of(Path path, JsonNode config, Contents contents) {
        return new StoredNetwork(path, path, config, contents);
    }

    /**
     * The network of a folder with a {@code config.json}. Its weights are found when they are asked for, by the names that diffusers
     * and transformers give them.
     *
     * @throws IOException if there are no settings
     */
    public static StoredNetwork in(Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        JsonNode json = JsonFile.object(JSON, config, MAX_CONFIG_BYTES);
        return new StoredNetwork(folder, config, json, () -> WeightFile.stored(weightsIn(folder)));
    }

    /**
     * The file of weights in a folder, or the index of several.
     *
     * @throws IOException if there is none
     */
    public static Path weightsIn(Path folder) throws IOException {
        for (String stem : STEMS) {
            WeightFolder files = new WeightFolder(folder, stem);
            if (files.any()) return files.find();
        }
        return new WeightFolder(folder, STEMS.get(0)).find(); // which says what there is not
    }

    /** The same network with other weights. */
    public StoredNetwork with(Contents others) {
        return new StoredNetwork(path, source, config, others);
    }

    /** The same network with other settings. */
    public StoredNetwork with(JsonNode others) {
        return new StoredNetwork(path, source, others, contents);
    }

    /** Its folder or file. */
    public Path path() {
        return path;
    }

    /** Where its settings stand. */
    public Path source() {
        return source;
    }

    /** The settings. */
    public JsonNode config() {
        return config;
    }

    /** The settings read; whatever is wrong with them is said with their place. */
    public <T> T config(Reading<T> reading) throws IOException {
        try {
            return reading.of(config);
        } catch (IOException e) {
            throw new IOException("cannot use " + source + ": " + Reason.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + source + ": its network is not supported: " + e.getMessage(), e);
        }
    }

    /**
     * The weights by name, to be read when they are wanted.
     *
     * @throws IOException if there are none, or a file is damaged
     */
    public Map<String, StoredTensor> weights() throws IOException {
        return contents.read();
    }
}
