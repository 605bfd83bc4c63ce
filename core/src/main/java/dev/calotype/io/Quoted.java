package dev.calotype.io;

/** Names out of files as messages show them. */
public final class Quoted {
    private static final int MOST = 80;

    private Quoted() {}

    /** A name in quotes, short enough for a message and on one line. */
    public static String name(String name) {
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return "'" + (line.length() > MOST ? line.substring(0, MOST - 3) + "..." : line) + "'";
    }
}
