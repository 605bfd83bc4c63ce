package dev.calotype.checkpoint.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What sentence-transformers writes beside a network about how it makes the vector of a text. What is not done here is refused, since
 * the vectors would be others.
 */
final class SentenceSettings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_BYTES = 1 << 20, MAX_VOCABULARY = 128L << 20;
    private static final List<String> MODULES = List.of("Transformer", "Pooling", "Normalize");
    private static final String POOLING = "1_Pooling", MEAN = "pooling_mode_mean_tokens";

    private SentenceSettings() {}

    /**
     * How many tokens are read of a text.
     *
     * @param positions that the network knows
     * @throws IOException if texts become vectors in another way than here, or a file is damaged
     */
    static int context(Path folder, int positions) throws IOException {
        Path modules = folder.resolve("modules.json");
        Path pooling = folder.resolve(pooling(modules)).resolve("config.json");
        if (Files.isRegularFile(modules) && !Files.isRegularFile(pooling))
            throw new IOException(pooling + " is not there, though modules.json names it");
        requireMean(pooling);
        requireNoPrompt(folder.resolve("config_sentence_transformers.json"));
        Path file = folder.resolve("sentence_bert_config.json");
        JsonNode said = optional(file);
        if (said.path("do_lower_case").asBoolean() && !lowers(folder.resolve("tokenizer.json")))
            throw new IOException(
                    file + ": do_lower_case must be false where tokenizer.json does not lower texts: true");
        JsonNode most = said.path("max_seq_length");
        if (!most.isNumber()) return tokenizers(folder.resolve("tokenizer_config.json"), positions);
        if (most.asInt() < 3 || most.asInt() > positions)
            throw new IOException(file + ": max_seq_length must be in 3.." + positions + ": " + most);
        return most.asInt();
    }

    /** The length that a tokenizer says, which holds where the network's settings say none. */
    private static int tokenizers(Path file, int positions) throws IOException {
        double most = optional(file).path("model_max_length").asDouble(positions);
        if (!(most >= 3)) throw new IOException(file + ": model_max_length must be at least 3: " + most);
        return (int) Math.min(positions, most);
    }

    private static JsonNode optional(Path file) throws IOException {
        return Files.isRegularFile(file) ? JsonFile.object(JSON, file, MAX_BYTES) : JSON.createObjectNode();
    }

    /** The folder of the settings of pooling. */
    private static String pooling(Path file) throws IOException {
        if (!Files.isRegularFile(file)) return POOLING;
        List<String> types = new ArrayList<>();
        String folder = POOLING;
        for (JsonNode module : JsonFile.read(JSON, file, MAX_BYTES)) {
            String type = module.path("type").asText(),
                    path = module.path("path").asText();
            types.add(type.substring(type.lastIndexOf('.') + 1));
            if (types.size() == 1 && !path.isEmpty())
                throw new IOException(file + ": the network must lie in the folder itself: " + Quoted.name(path));
            if (types.size() == 2) folder = path;
        }
        if (types.size() < 2 || types.size() > MODULES.size() || !types.equals(MODULES.subList(0, types.size())))
            throw new IOException(file + ": the modules must be Transformer, Pooling and perhaps Normalize: "
                    + Quoted.name(String.join(", ", types)));
        if (!folder.matches("\\w{1,64}"))
            throw new IOException(file + ": the path of Pooling must be the name of a folder: " + Quoted.name(folder));
        return folder;
    }

    /** The older settings have a switch for each way, the newer ones a name or several. */
    private static void requireMean(Path file) throws IOException {
        JsonNode json = optional(file);
        JsonNode named = json.path("pooling_mode");
        JsonNode only = named.isArray() && named.size() == 1 ? named.get(0) : named;
        if (!named.isMissingNode() && !only.asText().equals("mean")) throw otherThanMean(file, "pooling_mode", named);
        for (Map.Entry<String, JsonNode> way : json.properties())
            if (way.getKey().startsWith("pooling_mode_")
                    && way.getValue().asBoolean() != way.getKey().equals(MEAN))
                throw otherThanMean(file, way.getKey(), way.getValue());
    }

    private static IOException otherThanMean(Path file, String name, JsonNode value) {
        return new IOException(file + ": the vector of a text must be the mean of its tokens, others are not honoured: "
                + Quoted.name(name + " " + value));
    }

    private static void requireNoPrompt(Path file) throws IOException {
        JsonNode json = optional(file), name = json.path("default_prompt_name");
        if (name.isMissingNode() || name.isNull()) return;
        if (!json.path("prompts").path(name.asText()).asText("?").isEmpty())
            throw new IOException(file + ": default_prompt_name must be null, since nothing is written before a text: "
                    + Quoted.name(name.asText()));
    }

    /** Whether a tokenizer lowers texts itself, so that it says nothing new that they are lowered before. */
    private static boolean lowers(Path file) throws IOException {
        JsonNode normalizer = JsonFile.object(JSON, file, MAX_VOCABULARY).path("normalizer");
        List<JsonNode> all = new ArrayList<>(List.of(normalizer));
        normalizer.path("normalizers").forEach(all::add);
        return all.stream()
                .anyMatch(one -> one.path("type").asText().equals("Lowercase")
                        || one.path("type").asText().equals("BertNormalizer")
                                && one.path("lowercase").asBoolean());
    }
}
