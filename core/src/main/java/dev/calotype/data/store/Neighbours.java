package dev.calotype.data.store;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files of a tar archive are one sample of a WebDataset, as the Python package webdataset 1.0.2 has it: files that
 * follow one another and share their key, the path up to the first dot of the last name. The rest of the name, in small
 * letters, is the field.
 */
public final class Neighbours {
    private static final Pattern META = Pattern.compile("^__[^/]*__($|/)");

    private final Set<String> fields = new HashSet<>();
    private long[] starts = new long[16];
    private int runs;
    private String key;
    private String twice;

    /** Notes the next file of the archive: its path as it is written there, and the position of its content. */
    void add(String path, long position) {
        int dot = isMeta(path) ? -1 : endOfKey(path);
        if (dot < 0) return;
        String itsKey = path.substring(0, dot);
        String field = path.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (!itsKey.equals(key)) {
            if (runs == starts.length) starts = Arrays.copyOf(starts, 2 * runs);
            starts[runs++] = position;
            key = itsKey;
            fields.clear();
        }
        if (!fields.add(field) && twice == null)
            twice = "the WebDataset sample " + key + " has the field " + field + " twice, the second time as " + path
                    + ": each field of a sample must be there once";
    }

    /** The number of the sample that a file of this position belongs to. */
    int runOf(long position) {
        int at = Arrays.binarySearch(starts, 0, runs, position);
        return at >= 0 ? at : -at - 2;
    }

    /** What is wrong where a sample has a field twice, or null. */
    public String twice() {
        return twice;
    }

    /** Whether WebDataset keeps files of this path for itself. */
    public static boolean isMeta(String path) {
        return META.matcher(path).find();
    }

    /** Where the key of a path ends, or -1 if it has none. */
    private static int endOfKey(String path) {
        int slash = path.lastIndexOf('/');
        int dot = path.indexOf('.', slash + 1);
        if (dot != slash + 1) return dot;
        if (slash < 0) return -1;
        int folder = path.lastIndexOf('/', slash - 1) + 1;
        return path.indexOf('.', folder) < slash ? -1 : dot;
    }
}
