package dev.calotype.text;

import java.nio.charset.Charset;
import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Repairs what typography and terminals do to a text, as the Python package ftfy does by default: entities, ligatures,
 * full-width and half-width forms, curly quotes, line breaks, escapes and control characters; then NFC. It does not look for
 * text that was decoded in a wrong character set.
 */
final class TextRepair {
    private static final Pattern SINGLE = Pattern.compile("[\\u02bc\\u2018-\\u201b]");
    private static final Pattern DOUBLE = Pattern.compile("[\\u201c-\\u201f]");
    private static final Pattern BREAK = Pattern.compile("\r\n|[\r\\u2028\\u2029\\u0085]");
    private static final Pattern ESCAPE = Pattern.compile("\\x1b\\[[0-9;]*[a-zA-Z]");
    private static final Pattern CONTROL =
            Pattern.compile("[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\\u206a-\\u206f\\ufeff\\ufff9-\\ufffc]");
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final int ROUNDS = 100; // each makes the text simpler; two or three are usual

    private static final Map<Integer, String> LIGATURES = Map.ofEntries(
            Map.entry(0x132, "IJ"),
            Map.entry(0x133, "ij"),
            Map.entry(0x149, "\u02bcn"),
            Map.entry(0x1c4, "D\u017d"),
            Map.entry(0x1c5, "D\u017e"),
            Map.entry(0x1c6, "d\u017e"),
            Map.entry(0x1c7, "LJ"),
            Map.entry(0x1c8, "Lj"),
            Map.entry(0x1c9, "lj"),
            Map.entry(0x1ca, "NJ"),
            Map.entry(0x1cb, "Nj"),
            Map.entry(0x1cc, "nj"),
            Map.entry(0x1f1, "DZ"),
            Map.entry(0x1f2, "Dz"),
            Map.entry(0x1f3, "dz"),
            Map.entry(0xfb00, "ff"),
            Map.entry(0xfb01, "fi"),
            Map.entry(0xfb02, "fl"),
            Map.entry(0xfb03, "ffi"),
            Map.entry(0xfb04, "ffl"),
            Map.entry(0xfb05, "\u017ft"),
            Map.entry(0xfb06, "st"));

    private TextRepair() {}

    static String of(String text) {
        StringBuilder repaired = new StringBuilder();
        boolean entities = true;
        for (int from = 0; from < text.length(); ) {
            int to = text.indexOf('\n', from) + 1;
            if (to == 0) to = text.length();
            String line = text.substring(from, to);
            entities &= line.indexOf('<') < 0; // HTML is left as it is, and so is what follows it
            repaired.append(line(line, entities));
            from = to;
        }
        return repaired.toString();
    }

    private static String line(String line, boolean entities) {
        String text = line;
        for (int round = 0; round < ROUNDS; round++) {
            String before = text;
            if (entities) text = HtmlEntities.unescapeWhole(text);
            text = characters(text);
            text = SINGLE.matcher(text).replaceAll("'");
            text = DOUBLE.matcher(text).replaceAll("\"");
            text = BREAK.matcher(text).replaceAll("\n");
            text = ESCAPE.matcher(text).replaceAll("");
            text = CONTROL.matcher(text).replaceAll("");
            text = Normalizer.normalize(text, Normalizer.Form.NFC);
            if (text.equals(before)) break;
        }
        return text;
    }

    private static String characters(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c >= 0x80 && c < 0xa0) repaired.append(windows(c));
            else if (c == 0x3000 || c >= 0xff01 && c < 0xfff0)
                repaired.append(Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC));
            else if (c >= 0xd800 && c < 0xe000) repaired.append('\ufffd'); // half of a character
            else repaired.append(LIGATURES.getOrDefault(c, Character.toString(c)));
        });
        return repaired.toString();
    }

    /** A C1 control character as the byte of Windows-1252 that it was, where that has one. */
    private static String windows(int c) {
        String meant = new String(new byte[] {(byte) c}, WINDOWS);
        return meant.equals("\ufffd") ? Character.toString(c) : meant;
    }
}
