package dev.calotype.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The character references of HTML 5 ({@code &amp;}, {@code &#39;}), resolved as the standard says a browser does. */
final class HtmlEntities {
    private static final Pattern REFERENCE =
            Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
    private static final Pattern WHOLE = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
    private static final String WINDOWS =
            "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d"
                    + "\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    private HtmlEntities() {}

    /** Every reference resolved, also one without its semicolon where the standard allows that. */
    static String unescape(String text) {
        if (text.indexOf('&') < 0) return text;
        return REFERENCE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(resolved(found.group(1))));
    }

    /** Only references that end in a semicolon, those whose name was put into upper case included. */
    static String unescapeWhole(String text) {
        if (text.indexOf('&') < 0) return text;
        return WHOLE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(whole(found)));
    }

    private static String whole(MatchResult found) {
        String reference = found.group(), name = reference.substring(1);
        if (name.charAt(0) == '#') {
            String resolved = unescape(reference);
            return resolved.indexOf(';') < 0 ? resolved : reference;
        }
        String value = Table.NAMES.get(name);
        if (value != null) return value;
        String shouted = Table.SHOUTED.get(name);
        return shouted != null ? shouted : reference;
    }

    private static String resolved(String name) {
        if (name.charAt(0) == '#') return numbered(name);
        String whole = Table.NAMES.get(name);
        if (whole != null) return whole;
        for (int length = name.length() - 1; length > 1; length--) {
            String value = Table.NAMES.get(name.substring(0, length));
            if (value != null) return value + name.substring(length);
        }
        return "&" + name;
    }

    private static String numbered(String name) {
        String digits = name.endsWith(";") ? name.substring(1, name.length() - 1) : name.substring(1);
        boolean hex = Character.toLowerCase(digits.charAt(0)) == 'x';
        String number = (hex ? digits.substring(1) : digits).replaceFirst("^0+(?=.)", "");
        int c = number.length() > 9
                ? Integer.MAX_VALUE
                : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(number, hex ? 16 : 10));
        if (c == 0 || c > 0x10ffff || c >= 0xd800 && c < 0xe000) return "\ufffd";
        if (c >= 0x80 && c < 0xa0) return WINDOWS.substring(c - 0x80, c - 0x7f);
        return nothing(c) ? "" : Character.toString(c);
    }

    /** Whether the standard knows no such character. */
    private static boolean nothing(int c) {
        boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r' || c == 0x7f;
        return control || c >= 0xfdd0 && c < 0xfdf0 || (c & 0xfffe) == 0xfffe;
    }

    /** The names, read on first use; those with a semicolon and those that do without have one line each. */
    private static final class Table {
        static final Map<String, String> NAMES = read();
        static final Map<String, String> SHOUTED = shouted();

        private static Map<String, String> read() {
            Map<String, String> names = new HashMap<>();
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                    HtmlEntities.class.getResourceAsStream("html-entities.txt"), StandardCharsets.US_ASCII))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    String[] parts = line.split(" ");
                    StringBuilder value = new StringBuilder();
                    for (int i = 1; i < parts.length; i++) value.appendCodePoint(Integer.parseInt(parts[i], 16));
                    names.put(parts[0], value.toString());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.copyOf(names);
        }

        private static Map<String, String> shouted() {
            Map<String, String> shouted = new HashMap<>();
            NAMES.forEach((name, value) -> {
                String upper = name.toUpperCase(Locale.ROOT);
                if (!name.endsWith(";") || !name.equals(name.toLowerCase(Locale.ROOT))) return;
                if (unescapedName(upper)) shouted.put(upper, value.toUpperCase(Locale.ROOT));
            });
            return Map.copyOf(shouted);
        }

        private static boolean unescapedName(String name) {
            for (int length = name.length(); length > 1; length--)
                if (NAMES.containsKey(name.substring(0, length))) return false;
            return true;
        }
    }
}
