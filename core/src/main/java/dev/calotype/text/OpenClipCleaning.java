package dev.calotype.text;

import java.util.Locale;

/** What open_clip does to a text before a tokenizer of Hugging Face cuts it. */
public enum OpenClipCleaning {
    /** As {@link TextCleaning#OPENAI}, but for the case of letters. */
    WHITESPACE {
        @Override
        public String apply(String text) {
            return TextCleaning.repaired(text);
        }
    },
    /** As {@link TextCleaning#OPENAI}. */
    LOWER {
        @Override
        public String apply(String text) {
            return TextCleaning.OPENAI.apply(text);
        }
    },
    /** The same without punctuation, of which {@code _} becomes a space: what SigLIP was trained with (Zhai et al. 2023). */
    CANONICALIZE {
        @Override
        public String apply(String text) {
            String bare =
                    TextCleaning.withoutPunctuation(TextCleaning.repaired(text).replace('_', ' '));
            return bare.toLowerCase(Locale.ROOT);
        }
    };

    /** That of a name of open_clip. */
    public static OpenClipCleaning named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The text that the tokenizer gets. */
    public abstract String apply(String text);

    /** A tokenizer that gets texts cleaned so, which it owns. */
    public Tokenizer before(Tokenizer tokenizer) {
        return new CleanedTokenizer(tokenizer, this::apply);
    }
}
