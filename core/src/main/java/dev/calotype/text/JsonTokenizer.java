package dev.calotype.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Any {@code tokenizer.json} of Hugging Face, read by the native library {@code tokenizers} through DJL, an optional
 * dependency. What the file says of cutting and padding is put aside: {@link #rows} does both. The id that fills a row is the
 * file's own, or that of the {@code pad_token} in {@code tokenizer_config.json} beside it. Where that names the class {@code
 * SiglipTokenizer}, texts lose their punctuation first, as in transformers.
 */
public final class JsonTokenizer implements Tokenizer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final HuggingFaceTokenizer tokenizer;
    private final int vocabulary;
    private final int padding;
    private final int end;

    /** A letter that hardly any vocabulary has, of which a tokenizer without a token for such fails. */
    private static final String RARE = "\uA66E";

    private JsonTokenizer(String name, HuggingFaceTokenizer tokenizer, int vocabulary, int padding) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.padding = padding;
        ids(RARE);
        int[] marks = ids("");
        end = marks.length == 0 ? -1 : marks[marks.length - 1];
    }

    static Tokenizer of(Path file, byte[] bytes) throws IOException {
        JsonNode tree = tree(file, bytes);
        if (tree.path("model").path("vocab").isMissingNode())
            throw new IOException(file + " is no tokenizer.json: it has no model.vocab");
        templates(file, tree.path("post_processor"));
        Path beside = file.resolveSibling("tokenizer_config.json");
        JsonNode config =
                Files.isRegularFile(beside) ? tree(beside, Files.readAllBytes(beside)) : JSON.createObjectNode();
        int size = size(tree), padding = padding(config, tree);
        try {
            HomeCalls.forbid();
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(bytes), Map.of("padding", "false", "truncation", "false"));
            try {
                return cleaned(config, new JsonTokenizer(file.toString(), tokenizer, size, padding));
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
            throw new IOException(
                    "reading " + file + " wants the native library of ai.djl.huggingface:tokenizers, which does not"
                            + " load on this machine: " + e.getMessage(),
                    e);
        } catch (RuntimeException e) {
            throw new IOException(file + " is not understood as a tokenizer: " + e.getMessage(), e);
        }
    }

    /** Sees that the special tokens of templates are those of their table: the native library relies on it. */
    private static void templates(Path file, JsonNode processor) throws IOException {
        JsonNode table = processor.path("special_tokens");
        for (Map.Entry<String, JsonNode> token : table.properties()) {
            String id = token.getValue().path("id").asText();
            if (!id.equals(token.getKey())) throw disagreement(file, id);
        }
        for (JsonNode piece : processor.findValues("SpecialToken")) {
            String id = piece.path("id").asText();
            if (processor.has("single") && !table.has(id)) throw disagreement(file, id);
        }
        for (JsonNode nested : processor.path("processors")) templates(file, nested);
    }

    private static IOException disagreement(Path file, String id) {
        return new IOException(
                file + " is damaged: its templates and their special tokens disagree about `" + id + "`");
    }

    /** One more than the largest id. */
    private static int size(JsonNode tree) {
        JsonNode vocab = tree.path("model").path("vocab");
        int size = vocab.isArray() ? vocab.size() : 0;
        if (vocab.isObject()) for (JsonNode id : vocab) size = Math.max(size, id.asInt() + 1);
        for (JsonNode token : tree.path("added_tokens"))
            size = Math.max(size, token.path("id").asInt() + 1);
        return size;
    }

    /** With what a class of transformers does before its vocabulary is asked. */
    private static Tokenizer cleaned(JsonNode config, Tokenizer tokenizer) {
        if (!config.path("tokenizer_class").asText().equals("SiglipTokenizer")) return tokenizer;
        boolean lower = config.path("do_lower_case").asBoolean(true);
        return new CleanedTokenizer(
                tokenizer, text -> TextCleaning.withoutPunctuation(lower ? text.toLowerCase(Locale.ROOT) : text));
    }

    private static int padding(JsonNode config, JsonNode tree) {
        JsonNode own = tree.path("padding").path("pad_id");
        if (own.isInt()) return own.asInt();
        JsonNode said = config.path("pad_token");
        String token = said.isObject() ? said.path("content").asText() : said.asText("");
        for (JsonNode added : tree.path("added_tokens"))
            if (!token.isEmpty() && added.path("content").asText().equals(token))
                return added.path("id").asInt();
        for (JsonNode added : tree.path("added_tokens"))
            if (added.path("content").asText().toLowerCase(Locale.ROOT).matches("[\\[<]pad[]>]"))
                return added.path("id").asInt();
        return 0;
    }

    private static JsonNode tree(Path file, byte[] bytes) throws IOException {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: it is no JSON", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] ids(String text) {
        return Arrays.stream(tokenizer.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public int end() {
        return end;
    }

    @Override
    public int padding() {
        return padding;
    }

    @Override
    public String text(int... ids) {
        return tokenizer
                .decode(Arrays.stream(ids).asLongStream().toArray(), true)
                .strip();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
