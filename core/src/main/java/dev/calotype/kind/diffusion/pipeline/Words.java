package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import dev.calotype.kind.diffusion.pipeline.Emphasis.Part;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import dev.calotype.text.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tokenizer of a pipeline: what fills a row is told by its own config, {@code !} for some, the mark of the end for others. */
public final class Words implements AutoCloseable {
    private static final String FIRST = "!"; // of the symbols of every vocabulary of CLIP

    private static final long MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Tokenizer tokenizer;
    private final int padding;
    private final Map<String, int[]> learned; // ids by token, in lower case

    private Words(Tokenizer tokenizer, int padding, Map<String, int[]> learned) {
        this.tokenizer = tokenizer;
        this.padding = padding;
        this.learned = learned;
    }

    /**
     * The tokenizer of a folder of transformers, owned by the caller.
     *
     * @throws IOException if there is none, or it is damaged
     */
    public static Words in(Path folder) throws IOException {
        Tokenizer tokenizer = Tokenizers.open(folder, TextCleaning.TRANSFORMERS);
        JsonNode said = config(folder, "tokenizer_config.json").path("pad_token");
        if (said.isMissingNode() || said.isNull())
            said = config(folder, "special_tokens_map.json").path("pad_token");
        String token = said.isObject() ? said.path("content").asText("") : said.asText("");
        return padded(tokenizer, token);
    }

    private static JsonNode config(Path folder, String file) throws IOException {
        Path config = folder.resolve(file);
        return Files.isRegularFile(config) ? JsonFile.object(JSON, config, MAX_BYTES) : JSON.createObjectNode();
    }

    /** A tokenizer whose rows are filled with a token; with the mark of the end where it is empty. Owned by the words. */
    static Words padded(Tokenizer tokenizer, String token) {
        return new Words(tokenizer, token.isEmpty() ? tokenizer.end() : id(tokenizer, token), Map.of());
    }

    /**
     * The same with learned words, which are found anywhere in a text, in whatever case.
     *
     * @param words ids by token
     * @throws IllegalArgumentException if one is a token of the vocabulary
     */
    Words with(Map<String, int[]> words) {
        Map<String, int[]> lower = new LinkedHashMap<>();
        words.forEach((token, ids) -> {
            if (tokenizer.ids(token).length == 3)
                throw new IllegalArgumentException("the learned word " + Quoted.name(token)
                        + " is a word of the vocabulary already: name it otherwise");
            lower.put(token.toLowerCase(Locale.ROOT), ids);
        });
        return new Words(tokenizer, padding, lower);
    }

    /**
     * The id of a word of the vocabulary.
     *
     * @throws IllegalArgumentException if it is several tokens, or none
     */
    int id(String word) {
        int[] ids = tokenizer.ids(word);
        if (ids.length != 3)
            throw new IllegalArgumentException("texts.word.begins must be one word of the vocabulary, and this one is "
                    + (ids.length - 2) + " tokens: " + word);
        return ids[1];
    }

    /** The id of a token between the marks of a text that is nothing else; not that of a word, which has its end with it. */
    private static int id(Tokenizer tokenizer, String token) {
        if (token.equals(FIRST)) return 0;
        int[] ids = tokenizer.ids(token);
        return ids.length == 3 ? ids[1] : tokenizer.end();
    }

    /**
     * A row of ids that a text encoder reads at once.
     *
     * @param weights of the tokens, 1 of marks and of what fills the row; null where all are 1
     */
    record Row(Tokens tokens, float[] weights) {}

    /**
     * A text in rows, filled up as the pipeline does, each with the marks of beginning and end.
     *
     * @param context ids in a row
     * @param most rows; what is beyond is cut, and counts as cut in the last
     */
    List<Row> rows(List<Part> parts, int context, int most) {
        int[] marks = tokenizer.ids("");
        int count = 0, room = context - 2;
        List<int[]> all = new ArrayList<>();
        for (Part part : parts) {
            int[] ids = body(part.text());
            all.add(ids);
            count += ids.length;
        }
        int rows = Math.max(1, Math.min(most, (count + room - 1) / room));
        int[] ids = new int[rows * context];
        float[] weights = new float[rows * context];
        Arrays.fill(ids, padding);
        Arrays.fill(weights, 1);
        int at = 0;
        for (int i = 0; i < all.size(); i++)
            for (int id : all.get(i)) {
                if (at == rows * room) break;
                int place = at / room * context + 1 + at % room;
                ids[place] = id;
                weights[place] = (float) parts.get(i).weight();
                at++;
            }
        List<Row> made = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int from = row * context, length = Math.min(room, at - row * room);
            ids[from] = marks[0];
            ids[from + 1 + length] = tokenizer.end();
            int cut = row == rows - 1 && count > at ? 1 : 0;
            Tokens tokens =
                    new Tokens(Arrays.copyOfRange(ids, from, from + context), new int[] {length + 2}, context, cut);
            boolean usual = parts.stream().allMatch(part -> part.weight() == 1);
            made.add(new Row(tokens, usual ? null : Arrays.copyOfRange(weights, from, from + context)));
        }
        return made;
    }

    /**
     * A text as one row in which brackets are letters.
     *
     * @param context ids in a row; what is beyond is cut
     */
    public Tokens plain(String text, int context) {
        return rows(List.of(new Part(text, 1)), context, 1).get(0).tokens();
    }

    /** The ids of a text between the marks; learned words are those that they were learned as. */
    private int[] body(String text) {
        IntStream.Builder all = IntStream.builder();
        int from = 0;
        if (!learned.isEmpty()) {
            Matcher word = Pattern.compile(
                            learned.keySet().stream()
                                    .sorted(Comparator.comparing(String::length).reversed())
                                    .map(Pattern::quote)
                                    .collect(Collectors.joining("|")),
                            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                    .matcher(text);
            for (; word.find(); from = word.end()) {
                plain(text.substring(from, word.start()), all);
                for (int id : learned.get(word.group().toLowerCase(Locale.ROOT))) all.add(id);
            }
        }
        plain(text.substring(from), all);
        return all.build().toArray();
    }

    private void plain(String text, IntStream.Builder all) {
        int[] ids = tokenizer.ids(text); // between the marks
        for (int i = 1; i < ids.length - 1; i++) all.add(ids[i]);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
