package dev.calotype.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bytes of UTF-8 as printable characters: those that print stand for themselves, the others for U+0100 and up. */
final class ByteSymbols {
    static final int COUNT = 256;

    private static final char[] CHARACTERS = new char[COUNT];
    private static final Map<Character, Integer> BYTES = new HashMap<>();
    /** In the order of the vocabulary: those that print first. */
    private static final List<String> ORDER = new ArrayList<>();

    static {
        int others = COUNT;
        for (int b = 0; b < COUNT; b++) {
            CHARACTERS[b] = (char) (prints(b) ? b : others++);
            BYTES.put(CHARACTERS[b], b);
        }
        for (int b = 0; b < COUNT; b++) if (prints(b)) ORDER.add(String.valueOf(CHARACTERS[b]));
        for (int b = 0; b < COUNT; b++) if (!prints(b)) ORDER.add(String.valueOf(CHARACTERS[b]));
    }

    private ByteSymbols() {}

    private static boolean prints(int b) {
        return b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
    }

    /** All of them, in the order of the vocabulary. */
    static List<String> all() {
        return List.copyOf(ORDER);
    }

    /** The bytes of a word, one symbol each, the last of which ends the word. */
    static List<String> of(String word) {
        List<String> symbols = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) symbols.add(String.valueOf(CHARACTERS[b & 0xff]));
        int last = symbols.size() - 1;
        symbols.set(last, symbols.get(last) + Merges.WORD_END);
        return symbols;
    }

    /** The text of joined symbols, with a space where a word ends. */
    static String text(String symbols) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String spaced = symbols.replace(Merges.WORD_END, " ");
        for (int i = 0; i < spaced.length(); i++) {
            Integer b = BYTES.get(spaced.charAt(i));
            bytes.write(b == null ? ' ' : b);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
