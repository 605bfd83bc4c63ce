package dev.calotype.examples;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts emoji and their Unicode names into two folders of pictures with captions, {@code seen} and {@code unseen}: in the second one are
 * names that put known parts together in a way that the first one lacks. It wants nothing but a JDK:
 *
 * <pre>java examples/src/main/java/dev/calotype/examples/EmojiPairs.java NOTO OUT</pre>
 *
 * where {@code NOTO/png} holds {@code emoji_u1f600.png} and the like, and {@code NOTO/names/unicode-emoji-test.txt} is Unicode's list.
 */
public final class EmojiPairs {
    private static final Pattern LINE = Pattern.compile("([0-9A-F ]+?)\\s*; fully-qualified\\s*# \\S+ E[\\d.]+ (.*)");
    private static final Pattern TONED = Pattern.compile("([^:]+): (.+)");
    private static final Pattern WORK = Pattern.compile("(man|woman) ([a-z ]+)(:.*)?");
    private static final List<String> TONES = List.of(
            "light skin tone", "medium-light skin tone", "medium skin tone", "medium-dark skin tone", "dark skin tone");
    private static final Set<String> COLOURS =
            Set.of("green circle", "purple square", "orange heart", "brown circle", "blue square");
    private static final int TONE_PARTS = 10, WORK_PARTS = 12;

    private EmojiPairs() {}

    /** Arguments: the folder of pictures and names, and where the two folders are made. */
    public static void main(String[] arguments) throws IOException {
        Path noto = Path.of(arguments[0]), out = Path.of(arguments[1]);
        Map<String, String> names = names(noto);
        for (boolean seen : new boolean[] {true, false}) {
            Path folder = Files.createDirectories(out.resolve(seen ? "seen" : "unseen"));
            List<String> captions = new ArrayList<>();
            for (Map.Entry<String, String> emoji : names.entrySet()) {
                if (withheld(emoji.getValue(), names) == seen) continue;
                Path file = folder.resolve(emoji.getKey());
                Files.copy(noto.resolve("png").resolve(emoji.getKey()), file, StandardCopyOption.REPLACE_EXISTING);
                captions.add("{\"file_name\": \"" + emoji.getKey() + "\", \"text\": \"" + emoji.getValue() + "\"}");
            }
            Files.write(folder.resolve("captions.jsonl"), captions);
            System.out.println(folder + ": " + captions.size() + " pictures with names");
        }
    }

    /** The names of files and what Unicode calls their emoji. */
    private static Map<String, String> names(Path noto) throws IOException {
        Map<String, String> names = new TreeMap<>();
        for (String line : Files.readAllLines(noto.resolve("names/unicode-emoji-test.txt"))) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) continue;
            List<String> codes = new ArrayList<>();
            for (String code : matcher.group(1).split(" ")) if (!code.equals("FE0F")) codes.add(fourDigits(code));
            String file = "emoji_u" + String.join("_", codes) + ".png";
            if (Files.exists(noto.resolve("png").resolve(file))) names.put(file, matcher.group(2));
        }
        return names;
    }

    private static String fourDigits(String code) {
        return "0".repeat(Math.max(0, 4 - code.length())) + code.toLowerCase(Locale.ROOT);
    }

    /** Whether a name is one of those that put parts together in a new way: a tone, a man or a woman, a colour. */
    private static boolean withheld(String name, Map<String, String> all) {
        if (COLOURS.contains(name)) return true;
        Matcher toned = TONED.matcher(name), work = WORK.matcher(name);
        if (toned.matches()
                && TONES.contains(toned.group(2))
                && share(toned.group(1), TONE_PARTS) == TONES.indexOf(toned.group(2))) return true;
        if (!work.matches()) return false;
        boolean woman = work.group(1).equals("woman");
        String other = (woman ? "man " : "woman ") + work.group(2);
        return all.containsValue(other) && share("job" + work.group(2), WORK_PARTS) == (woman ? 0 : 1);
    }

    private static int share(String text, int parts) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new BigInteger(1, hash).mod(BigInteger.valueOf(parts)).intValue();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
