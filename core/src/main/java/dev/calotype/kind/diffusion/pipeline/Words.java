package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.kind.diffusion.pipeline.Emphasis.Part;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tokenizer of a pipeline: what fills a row is told by its own config, {@code !} for some, the mark of the end for others. */
final class Words implements AutoCloseable {
    private static final String FIRST = "!"; // of the symbols of every vocabulary of CLIP

    private final Tokenizer tokenizer;
    private final int padding;

    private Words(Tokenizer tokenizer, int padding) {
        this.tokenizer = tokenizer;
        this.padding = padding;
    }

    /** A tokenizer whose rows are filled with a token; with the mark of the end where it is empty. Owned by the words. */
    static Words padded(Tokenizer tokenizer, String token) {
        return new Words(tokenizer, token.isEmpty() ? tokenizer.end() : id(tokenizer, token));
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
            int[] ids = tokenizer.ids(part.text());
            all.add(Arrays.copyOfRange(ids, 1, ids.length - 1));
            count += ids.length - 2;
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

    @Override
    public void close() {
        tokenizer.close();
    }
}
