package dev.calotype.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several files named at once as shells and WebDataset do it: {@code shard-{000000..000099}.tar}, {@code {a,b}.tar}. */
final class FilePattern {
    private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,9})\\.\\.(\\d{1,9})}");
    private static final Pattern LIST = Pattern.compile("\\{([^{},]+(?:,[^{},]+)+)}");
    private static final int MOST = 100_000;

    private FilePattern() {}

    /** Whether a name has braces that stand for several. */
    public static boolean is(String name) {
        return RANGE.matcher(name).find() || LIST.matcher(name).find();
    }

    /**
     * The files that a pattern stands for, in its order.
     *
     * @throws IOException if one is not there, or they are too many; the message names it
     */
    public static List<Path> files(String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : names(pattern)) {
            Path file = Path.of(name);
            if (!Files.isRegularFile(file))
                throw new IOException(pattern + " stands for a file that is not there: " + file.toAbsolutePath());
            files.add(file);
        }
        return files;
    }

    private static List<String> names(String pattern) throws IOException {
        Matcher range = RANGE.matcher(pattern), list = LIST.matcher(pattern);
        boolean numbers = range.find();
        if (!numbers && !list.find()) return List.of(pattern);
        Matcher found = numbers ? range : list;
        List<String> all = new ArrayList<>();
        for (String value :
                numbers ? numbers(pattern, range) : List.of(list.group(1).split(",")))
            all.addAll(names(pattern.substring(0, found.start()) + value + pattern.substring(found.end())));
        if (all.size() > MOST) throw new IOException(pattern + " stands for more than " + MOST + " files");
        return all;
    }

    private static List<String> numbers(String pattern, Matcher range) throws IOException {
        int first = Integer.parseInt(range.group(1)), last = Integer.parseInt(range.group(2));
        if (first > last || last - first >= MOST)
            throw new IOException("a range of files must rise, by at most " + MOST + ": " + pattern);
        boolean padded = range.group(1).length() > 1 && range.group(1).startsWith("0");
        int width = padded ? Math.max(range.group(1).length(), range.group(2).length()) : 1;
        List<String> numbers = new ArrayList<>();
        for (int i = first; i <= last; i++) numbers.add(String.format(Locale.ROOT, "%0" + width + "d", i));
        return numbers;
    }
}
