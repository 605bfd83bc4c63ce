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
 * where {@code NOTO/png} holds {@code emoji_u1f600.png} and the like, and {@code NOTO/names/unicode-emoji-test.txt} is Unicode's list. With
 * a subgroup of that list and a number behind, such as {@code country-flag 20}, it makes folders of classes in place of captions:
 * {@code known} holds the list's groups without that subgroup, {@code style} so many pictures of it, and {@code style-test} the others;
 * tones of skin are left out there, which are more pictures than all others.
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

    /** Arguments: the folder of pictures and names, where folders are made, and for classes a subgroup and a number. */
    public static void main(String[] arguments) throws IOException {
        Path noto = Path.of(arguments[0]), out = Path.of(arguments[1]);
        if (arguments.length > 2) {
            style(noto, out, arguments[2], Integer.parseInt(arguments[3]));
            return;
        }
        Map<String, String> names = names(noto);
        for (boolean seen : new boolean[] {true, false}) {
            Path folder = Files.createDirectories(out.resolve(seen ? "seen" : "unseen"));
            List<String> captions = new ArrayList<>();
            for (Map.Entry<String, String> emoji : names.entrySet()) {
                if (withheld(emoji.getValue(), names) == seen) continue;
                copy(noto, emoji.getKey(), folder);
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
            String file = file(line);
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && Files.exists(noto.resolve("png").resolve(file))) names.put(file, matcher.group(2));
        }
        return names;
    }

    /** The file of the emoji that a line of Unicode's list is about; empty if it is about none. */
    private static String file(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) return "";
        List<String> codes = new ArrayList<>();
        for (String code : matcher.group(1).split(" ")) if (!code.equals("FE0F")) codes.add(fourDigits(code));
        return "emoji_u" + String.join("_", codes) + ".png";
    }

    /** Folders by the groups of the list, without one subgroup, of which {@code learned} are in one folder and the others in another. */
    private static void style(Path noto, Path out, String style, int learned) throws IOException {
        Map<String, List<String>> folders = new TreeMap<>();
        List<String> withheld = new ArrayList<>();
        String group = "", subgroup = "";
        for (String line : Files.readAllLines(noto.resolve("names/unicode-emoji-test.txt"))) {
            if (line.startsWith("# group: ")) group = line.substring(9);
            if (line.startsWith("# subgroup: ")) subgroup = line.substring(12);
            String file = file(line);
            if (file.isEmpty()
                    || line.contains("skin tone")
                    || !Files.exists(noto.resolve("png").resolve(file))) continue;
            if (subgroup.equals(style)) withheld.add(file);
            else
                folders.computeIfAbsent("known/" + folder(group), key -> new ArrayList<>())
                        .add(file);
        }
        int every = Math.max(1, withheld.size() / learned);
        for (int i = 0; i < withheld.size(); i++) {
            String folder = (i % every == 0 && i / every < learned ? "style/" : "style-test/") + folder(style);
            folders.computeIfAbsent(folder, key -> new ArrayList<>()).add(withheld.get(i));
        }
        for (Map.Entry<String, List<String>> entry : folders.entrySet()) {
            Path folder = Files.createDirectories(out.resolve(entry.getKey()));
            for (String file : entry.getValue()) copy(noto, file, folder);
            System.out.println(folder + ": " + entry.getValue().size() + " pictures");
        }
    }

    private static void copy(Path noto, String file, Path folder) throws IOException {
        Files.copy(noto.resolve("png").resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String folder(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-");
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
