package dev.calotype.checkpoint.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.OnnxFile;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import dev.calotype.model.bert.Bert;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Encoders of texts that others trained: BERT, and what sentence-transformers makes of it, such as all-MiniLM-L6-v2.
 *
 * @param network owned by the caller, who closes it
 * @param context tokens that it reads of a text
 */
public record PretrainedBert(Scope.Owned<Bert> network, int context) implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_BYTES = 1 << 20;

    /**
     * Opens the folder of a {@code BertModel} of transformers or of a model of sentence-transformers with one, or the ONNX file of one, of
     * which the weights are read and nothing is executed.
     *
     * @throws IOException if there is none, it is damaged, or ours cannot be such a network; the message says why
     */
    public static PretrainedBert open(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            BertGraph graph = new BertGraph(OnnxFile.open(path));
            Bert.Config config = graph.config();
            return new PretrainedBert(read(path, config, graph.weights()), config.positions());
        }
        StoredNetwork stored = StoredNetwork.in(path);
        Bert.Config config = stored.config(PretrainedBert::config);
        int context = SentenceSettings.context(path, config.positions());
        return new PretrainedBert(read(path, config, ours(stored.weights())), context);
    }

    /** Whether a folder says that it is one. */
    public static boolean isOne(Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        if (!Files.isRegularFile(config)) return false;
        return JsonFile.object(JSON, config, MAX_BYTES)
                .path("model_type")
                .asText()
                .equals("bert");
    }

    private static Scope.Owned<Bert> read(Path path, Bert.Config config, Map<String, StoredTensor> weights)
            throws IOException {
        return Weights.ofConfig(path, () -> new Bert(config), weights, Precision.FP32);
    }

    private static Bert.Config config(JsonNode json) throws IOException {
        only(json, "model_type", "bert");
        only(json, "hidden_act", "gelu");
        only(json, "position_embedding_type", "absolute");
        only(json, "is_decoder", "false");
        return shape(json, 2);
    }

    /**
     * The shape of a network by the names of transformers.
     *
     * @param types of tokens where it does not say how many there are
     */
    public static Bert.Config shape(JsonNode json, int types) {
        return new Bert.Config(
                json.path("vocab_size").asInt(30_522),
                json.path("max_position_embeddings").asInt(512),
                json.path("type_vocab_size").asInt(types),
                json.path("hidden_size").asInt(768),
                json.path("num_hidden_layers").asInt(12),
                json.path("num_attention_heads").asInt(12),
                json.path("intermediate_size").asInt(3072),
                json.path("layer_norm_eps").asDouble(1e-12));
    }

    /**
     * Refuses a setting that is honoured at one value alone; nothing said is allowed besides.
     *
     * @throws IOException if it has another
     */
    public static void only(JsonNode json, String name, String value) throws IOException {
        String said = json.path(name).isNull() ? value : json.path(name).asText(value);
        if (!said.equals(value))
            throw new IOException(name + " must be " + value + ", others are not honoured: " + Quoted.name(said));
    }

    /** Without the prefix that models of tasks have, and without what nobody asks for. */
    private static Map<String, StoredTensor> ours(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        theirs.forEach((name, weight) -> {
            String own = name.startsWith("bert.") ? name.substring("bert.".length()) : name;
            boolean other = own.startsWith("pooler.") || own.startsWith("cls.") || own.endsWith(".position_ids");
            if (!other) ours.put(own, weight);
        });
        return ours;
    }

    @Override
    public void close() {
        network.close();
    }
}
