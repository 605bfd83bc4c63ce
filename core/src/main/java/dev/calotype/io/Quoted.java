package dev.calotype.io;

import java.util.List;
import java.util.stream.Collectors;

/** Names out of files as messages show them. */
public final class Quoted {
    private static final int MOST = 80;

    private Quoted() {}

    /** A name in quotes, short enough for a message and on one line. */
    public static String name(String name) {
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return "'" + (line.length() > MOST ? line.substring(0, MOST - 3) + "..." : line) + "'";
    }

    /** The first {@code most} of some names, in their order, each in quotes, with dots where there are more. */
    public static String names(List<String> names, int most) {
        String some = names.stream().limit(most).map(Quoted::name).collect(Collectors.joining(", "));
        return names.size() > most ? some + ", ..." : some;
    }
}
