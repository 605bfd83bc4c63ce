package dev.calotype.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The tokenizer of CLIP (Radford et al. 2021): a byte-pair encoding of lower-case words, so that no text is unknown, between
 * two marks. Ids as in OpenAI's {@code simple_tokenizer.py}.
 */
public final class ClipTokenizer implements Tokenizer {
    private static final String WORDS = "'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+";
    private static final Pattern AS_WRITTEN = Pattern.compile(WORDS, Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern IN_ANY_CASE =
            Pattern.compile(WORDS, Pattern.UNICODE_CHARACTER_CLASS | Pattern.CASE_INSENSITIVE);
    private static final Pattern MARKS = Pattern.compile("<\\|startoftext\\|>|<\\|endoftext\\|>");
    private static final String BEGIN = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    private static final int REMEMBERED = 1 << 16;
    private static final int LONG = 100; // such words do not come again

    /** What fills a row: it has no effect on a causal encoder, but files differ in it. */
    public enum Padding {
        /** Id 0, as OpenAI's program does. */
        ZERO,
        /** The mark of the end, as in transformers. */
        END
    }

    private final String name;
    private final TextCleaning cleaning;
    private final Padding padding;
    private final Map<String, Integer> ranks;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> symbols = new ArrayList<>();
    private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

    /** @param name what it is, for people */
    public ClipTokenizer(String name, Merges merges, TextCleaning cleaning, Padding padding) {
        this.name = name;
        this.cleaning = cleaning;
        this.padding = padding;
        ranks = merges.ranks();
        symbols.addAll(ByteSymbols.all());
        for (String symbol : ByteSymbols.all()) symbols.add(symbol + Merges.WORD_END);
        for (String pair : merges.pairs()) symbols.add(pair.replace(" ", ""));
        symbols.addAll(List.of(BEGIN, END));
        for (int i = 0; i < symbols.size(); i++) ids.put(symbols.get(i), i);
    }

    /** The words of a cleaned text, between which nothing is ever joined. */
    static List<String> words(String cleaned, TextCleaning cleaning) {
        List<String> words = new ArrayList<>();
        Matcher matcher = (cleaning == TextCleaning.OPENAI ? IN_ANY_CASE : AS_WRITTEN).matcher(cleaned);
        while (matcher.find()) words.add(matcher.group());
        return words;
    }

    @Override
    public String name() {
        return name;
    }

    public TextCleaning cleaning() {
        return cleaning;
    }

    @Override
    public int vocabulary() {
        return symbols.size();
    }

    @Override
    public int[] ids(String text) {
        IntStream.Builder all = IntStream.builder();
        all.add(end() - 1);
        // OpenAI's program finds marks in the cleaned text, transformers looks for them first
        if (cleaning == TextCleaning.OPENAI) marked(cleaning.apply(text), UnaryOperator.identity(), all);
        else marked(text, cleaning::apply, all);
        return all.add(end()).build().toArray();
    }

    private void marked(String text, UnaryOperator<String> between, IntStream.Builder all) {
        Matcher mark = MARKS.matcher(text);
        int from = 0;
        for (; mark.find(); from = mark.end()) {
            plain(between.apply(text.substring(from, mark.start())), all);
            all.add(ids.get(mark.group()));
        }
        plain(between.apply(text.substring(from)), all);
    }

    private void plain(String cleaned, IntStream.Builder all) {
        for (String word : words(cleaned, cleaning)) for (int id : word(word)) all.add(id);
    }

    private int[] word(String word) {
        int[] known = remembered.get(word);
        if (known != null) return known;
        int[] found = joined(ByteSymbols.of(word));
        if (remembered.size() < REMEMBERED && word.length() < LONG) remembered.put(word, found);
        return found;
    }

    private int[] joined(List<String> parts) {
        return new PairJoiner(parts, ranks).joined().stream().mapToInt(ids::get).toArray();
    }

    @Override
    public int end() {
        return symbols.size() - 1;
    }

    @Override
    public int padding() {
        return padding == Padding.ZERO ? 0 : end();
    }

    @Override
    public String text(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int id : tokens) {
            if (id < 0 || id >= symbols.size())
                throw new IllegalArgumentException("an id must be in 0.." + (symbols.size() - 1) + ": " + id);
            if (id == end()) break; // what follows is padding
            if (id != end() - 1) text.append(symbols.get(id));
        }
        return ByteSymbols.text(text.toString()).strip();
    }
}
