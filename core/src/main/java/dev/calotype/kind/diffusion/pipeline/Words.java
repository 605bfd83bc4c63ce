package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
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

    /** A row of ids, filled up as the pipeline does. */
    Tokens row(String text, int context) {
        Tokens row = tokenizer.rows(List.of(text), context);
        int[] ids = row.ids().clone();
        Arrays.fill(ids, row.lengths()[0], context, padding);
        return new Tokens(ids, row.lengths(), context, row.cut());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
