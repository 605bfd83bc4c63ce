package dev.calotype.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What happens to a text before it is cut into tokens. The programs that share CLIP's vocabulary differ here, so that the same
 * text gets different ids: {@code &amp;}, curly quotes, ligatures and full-width letters.
 */
public enum TextCleaning {
    /**
     * As in OpenAI's CLIP and in open_clip: typographic variants and control characters repaired as by ftfy, HTML entities
     * resolved, spaces joined, lower case. Text that was decoded in a wrong character set ("Ã©") is not repaired, which ftfy
     * does.
     */
    OPENAI {
        @Override
        public String apply(String text) {
            return repaired(text).toLowerCase(Locale.ROOT);
        }
    },
    /** As in transformers (5.24): composed characters (NFC), spaces joined, lower case letter by letter. */
    TRANSFORMERS {
        @Override
        public String apply(String text) {
            String joined = joined(Normalizer.normalize(text, Normalizer.Form.NFC));
            StringBuilder lower = new StringBuilder(joined.length());
            joined.codePoints().forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT)));
            return lower.toString();
        }
    };

    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}"); // of ASCII
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** The text that is cut. */
    public abstract String apply(String text);

    static String repaired(String text) {
        return joined(HtmlEntities.unescape(HtmlEntities.unescape(TextRepair.of(text))))
                .strip();
    }

    static String withoutPunctuation(String text) {
        return joined(PUNCTUATION.matcher(text).replaceAll("")).strip();
    }

    private static String joined(String text) {
        return SPACES.matcher(text).replaceAll(" ");
    }
}
