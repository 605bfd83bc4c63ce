package dev.calotype.text;

import java.util.Arrays;
import java.util.List;

/** Cuts a text into the ids that a text encoder reads. Several threads may use one at the same time. */
public interface Tokenizer extends AutoCloseable {
    /** What it is, for people. */
    String name();

    /** The number of ids: every id is below. */
    int vocabulary();

    /** The ids of a whole text, the marks of its beginning and its end included where there are any. */
    int[] ids(String text);

    /** The id that marks the end of a text, or -1 if there is none. */
    int end();

    /** What the rest of a row is filled with. */
    int padding();

    /** The text of some ids, without marks and padding. */
    String text(int... ids);

    /**
     * Rows of {@code context} ids. A longer text is cut; the mark of its end stays, as the last id of its row.
     *
     * @throws IllegalArgumentException if there is no text, or {@code context} is below 2
     */
    default Tokens rows(List<String> texts, int context) {
        if (texts.isEmpty()) throw new IllegalArgumentException("texts must be at least one: 0");
        if (context < 2) throw new IllegalArgumentException("context must be at least 2: " + context);
        int[] all = new int[Math.multiplyExact(texts.size(), context)];
        int[] lengths = new int[texts.size()];
        int cut = 0;
        Arrays.fill(all, padding());
        for (int i = 0; i < texts.size(); i++) {
            int[] ids = ids(texts.get(i));
            lengths[i] = Math.min(ids.length, context);
            System.arraycopy(ids, 0, all, i * context, lengths[i]);
            if (ids.length <= context) continue;
            cut++;
            if (end() >= 0) all[(i + 1) * context - 1] = end();
        }
        return new Tokens(all, lengths, context, cut);
    }

    @Override
    default void close() {}
}
