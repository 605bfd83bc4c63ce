package dev.calotype.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Joins the symbols of one word: always the pair of the lowest rank, of equal ones the first. */
final class PairJoiner {
    private record Pair(int rank, int left, int right, int leftLength, int rightLength) {}

    private final Map<String, Integer> ranks;
    private final String[] symbols; // null where joined to what stands before
    private final int[] next;
    private final int[] previous;
    private final PriorityQueue<Pair> pairs =
            new PriorityQueue<>(Comparator.comparingInt(Pair::rank).thenComparingInt(Pair::left));

    PairJoiner(List<String> word, Map<String, Integer> ranks) {
        this.ranks = ranks;
        symbols = word.toArray(String[]::new);
        next = new int[symbols.length];
        previous = new int[symbols.length];
        for (int i = 0; i < symbols.length; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < symbols.length; i++) offer(i, i + 1);
    }

    private void offer(int left, int right) {
        if (left < 0 || right >= symbols.length) return;
        Integer rank = ranks.get(symbols[left] + " " + symbols[right]);
        if (rank != null) pairs.add(new Pair(rank, left, right, symbols[left].length(), symbols[right].length()));
    }

    List<String> joined() {
        for (Pair pair = pairs.poll(); pair != null; pair = pairs.poll()) if (stands(pair)) join(pair);
        List<String> left = new ArrayList<>();
        for (int i = 0; i < symbols.length; i = next[i]) left.add(symbols[i]);
        return left;
    }

    /** Whether neither side was joined to something else since the pair was found. */
    private boolean stands(Pair pair) {
        return symbols[pair.left] != null
                && symbols[pair.right] != null
                && symbols[pair.left].length() == pair.leftLength
                && symbols[pair.right].length() == pair.rightLength;
    }

    private void join(Pair pair) {
        symbols[pair.left] += symbols[pair.right];
        symbols[pair.right] = null;
        int after = next[pair.right];
        next[pair.left] = after;
        if (after < symbols.length) previous[after] = pair.left;
        offer(previous[pair.left], pair.left);
        offer(pair.left, after);
    }
}
