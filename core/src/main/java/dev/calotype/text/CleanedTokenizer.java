package dev.calotype.text;

import java.util.function.UnaryOperator;

/**
 * A tokenizer that gets its texts cleaned.
 *
 * @param tokenizer owned
 */
record CleanedTokenizer(Tokenizer tokenizer, UnaryOperator<String> cleaning) implements Tokenizer {
    @Override
    public String name() {
        return tokenizer.name();
    }

    @Override
    public int vocabulary() {
        return tokenizer.vocabulary();
    }

    @Override
    public int[] ids(String text) {
        return tokenizer.ids(cleaning.apply(text));
    }

    @Override
    public int end() {
        return tokenizer.end();
    }

    @Override
    public int padding() {
        return tokenizer.padding();
    }

    @Override
    public String text(int... ids) {
        return tokenizer.text(ids);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
