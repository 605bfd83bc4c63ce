package dev.calotype.text;

/**
 * DJL tells its makers of its use, and asks a cloud's metadata service where it runs, unless it is told not to before its first
 * use; it also fetches native libraries that are not on the class path. This tells it.
 */
final class HomeCalls {
    private HomeCalls() {}

    /** Leaves alone what the program that embeds the library has set itself. */
    static void forbid() {
        for (String property : new String[] {"OPT_OUT_TRACKING", "ai.djl.offline"})
            if (System.getProperty(property) == null) System.setProperty(property, "true");
    }
}
