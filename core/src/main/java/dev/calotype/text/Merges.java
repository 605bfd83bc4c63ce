package dev.calotype.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a byte-pair encoding has learned (Sennrich et al. 2016): pairs of symbols that are joined, the most useful first. A
 * symbol is written in 256 printable characters, one for each byte; the last symbol of a word ends in {@code </w>}.
 *
 * @param pairs two symbols with a space between
 */
public record Merges(List<String> pairs) {
    static final String WORD_END = "</w>";

    /** @throws IllegalArgumentException if something is no pair */
    public Merges {
        pairs = List.copyOf(pairs);
        for (String pair : pairs)
            if (pair.indexOf(' ') < 1 || pair.indexOf(' ') != pair.lastIndexOf(' ') || pair.endsWith(" "))
                throw new IllegalArgumentException("a merge is two symbols with a space between: '" + pair + "'");
    }

    /** The ids: every byte within and at the end of a word, the joined symbols, the marks of beginning and end. */
    public int vocabulary() {
        return 2 * ByteSymbols.COUNT + pairs.size() + 2;
    }

    /**
     * Learns from texts: again and again the most frequent pair of neighbours within words is joined, until there are {@code
     * most} pairs or none that occurs twice. The same texts in whatever order give the same pairs.
     */
    public static Merges learned(Iterable<String> texts, TextCleaning cleaning, int most) {
        return new MergeLearner(texts, cleaning).learned(most);
    }

    /** The rank of each pair. */
    Map<String, Integer> ranks() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        for (String pair : pairs) ranks.put(pair, ranks.size());
        return ranks;
    }
}
