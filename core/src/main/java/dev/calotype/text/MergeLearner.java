package dev.calotype.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Learns {@link Merges} from words: keeps the count of every pair of neighbours, and corrects it where words change. */
final class MergeLearner {
    private static final int LONGEST = 100; // bytes; longer words are links and the like

    private record Word(List<String> symbols, int count) {}

    private final List<Word> words = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    MergeLearner(Iterable<String> texts, TextCleaning cleaning) {
        Map<String, Integer> found = new TreeMap<>();
        for (String text : texts)
            for (String word : ClipTokenizer.words(cleaning.apply(text), cleaning)) found.merge(word, 1, Integer::sum);
        found.forEach((word, count) -> {
            List<String> symbols = ByteSymbols.of(word);
            if (symbols.size() <= LONGEST) words.add(new Word(symbols, count));
        });
        for (Word word : words) count(word, word.count);
    }

    private void count(Word word, int change) {
        for (int i = 1; i < word.symbols.size(); i++) {
            String pair = word.symbols.get(i - 1) + " " + word.symbols.get(i);
            if (counts.merge(pair, change, Integer::sum) == 0) counts.remove(pair);
        }
    }

    Merges learned(int most) {
        List<String> pairs = new ArrayList<>();
        while (pairs.size() < most) {
            String best = mostFrequent();
            if (best == null) break;
            pairs.add(best);
            int space = best.indexOf(' ');
            for (Word word : words) join(word, best.substring(0, space), best.substring(space + 1));
        }
        return new Merges(pairs);
    }

    private String mostFrequent() {
        String best = null;
        int most = 2;
        for (Map.Entry<String, Integer> pair : counts.entrySet()) {
            int count = pair.getValue();
            if (count < most || count == most && best != null && best.compareTo(pair.getKey()) < 0) continue;
            best = pair.getKey();
            most = count;
        }
        return best;
    }

    /** Joins every occurrence of a pair, from left to right. */
    private void join(Word word, String first, String second) {
        List<String> symbols = word.symbols;
        boolean counted = true;
        for (int i = 0; i + 1 < symbols.size(); i++) {
            if (!symbols.get(i).equals(first) || !symbols.get(i + 1).equals(second)) continue;
            if (counted) count(word, -word.count);
            counted = false;
            symbols.set(i, first + second);
            symbols.remove(i + 1);
        }
        if (!counted) count(word, word.count);
    }
}
