package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.io.Quoted;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
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
final class Words implements AutoCloseable {
    private static final String FIRST = "!"; // of the symbols of every vocabulary of CLIP

    private final Tokenizer tokenizer;
    private final int padding;
    private final Map<String, int[]> learned; // ids by token, in lower case

    private Words(Tokenizer tokenizer, int padding, Map<String, int[]> learned) {
        this.tokenizer = tokenizer;
        this.padding = padding;
        this.learned = learned;
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

    /** The id of a token between the marks of a text that is nothing else; not that of a word, which has its end with it. */
    private static int id(Tokenizer tokenizer, String token) {
        if (token.equals(FIRST)) return 0;
        int[] ids = tokenizer.ids(token);
        return ids.length == 3 ? ids[1] : tokenizer.end();
    }

    /** A row of ids, filled up as the pipeline does. */
    Tokens row(String text, int context) {
        if (!learned.isEmpty()) return rowWithLearned(text, context);
        Tokens row = tokenizer.rows(List.of(text), context);
        int[] ids = row.ids().clone();
        Arrays.fill(ids, row.lengths()[0], context, padding);
        return new Tokens(ids, row.lengths(), context, row.cut());
    }

    private Tokens rowWithLearned(String text, int context) {
        int[] marks = tokenizer.ids("");
        IntStream.Builder all = IntStream.builder();
        all.add(marks[0]);
        Matcher word = Pattern.compile(
                        learned.keySet().stream()
                                .sorted(Comparator.comparing(String::length).reversed())
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|")),
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(text);
        int from = 0;
        for (; word.find(); from = word.end()) {
            plain(text.substring(from, word.start()), all);
            for (int id : learned.get(word.group().toLowerCase(Locale.ROOT))) all.add(id);
        }
        plain(text.substring(from), all);
        int[] ids = all.add(tokenizer.end()).build().toArray();
        int[] row = Arrays.copyOf(ids, context);
        int length = Math.min(ids.length, context);
        Arrays.fill(row, length, context, padding);
        if (ids.length > context) row[context - 1] = tokenizer.end();
        return new Tokens(row, new int[] {length}, context, ids.length > context ? 1 : 0);
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
