package dev.calotype.app.console;

import dev.calotype.io.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * What a person sees on standard error: sentences, and a bar for what takes long. On a terminal the bar stays on its
 * line; elsewhere a line appears every ten seconds.
 */
public final class Console implements Progress {
    private static final boolean TERMINAL = Boolean.getBoolean("calotype.terminal");
    private static final long PLAIN_PERIOD = 10_000_000_000L, BAR_PERIOD = 100_000_000L;
    private static final int WIDTH = 24;

    private final PrintWriter err;
    private String work = "";
    private long begun;
    private long shown;
    private boolean open;

    public Console(PrintWriter err) {
        this.err = err;
    }

    /** Prints a sentence, with flags in the place of values. */
    public void say(String format, Object... arguments) {
        closeBar();
        err.println(Flags.in(String.format(Locale.ROOT, format, arguments)));
        err.flush();
    }

    @Override
    public void at(String what, long done, long total) {
        long now = System.nanoTime();
        if (!what.equals(work)) {
            closeBar();
            work = what;
            begun = now;
            shown = now - (TERMINAL ? BAR_PERIOD : 0);
        }
        double seconds = (now - begun) * 1e-9;
        double left = done == 0 ? 0 : seconds * (total - done) / done;
        bar((double) done / total, String.format(Locale.ROOT, "%s %d/%d", what, done, total), left);
        if (done == total) {
            closeBar();
            work = "";
        }
    }

    /** Shows a bar at {@code progress} in 0..1 with a text and the time left. */
    void bar(double progress, String text, double secondsLeft) {
        long now = System.nanoTime();
        if (now - shown < (TERMINAL ? BAR_PERIOD : PLAIN_PERIOD) && !(TERMINAL && progress >= 1)) return;
        shown = now;
        String line = String.format(Locale.ROOT, "%3.0f%%  %s  %s left", 100 * progress, text, duration(secondsLeft));
        if (TERMINAL) {
            int filled = (int) Math.round(WIDTH * Math.min(1, progress));
            err.print("\r\033[K" + "█".repeat(filled) + "░".repeat(WIDTH - filled) + " " + line);
            open = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    private void closeBar() {
        if (open) err.println();
        open = false;
    }

    /** 45 s, 3 min 20 s, 2 h 5 min. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds)) return "?";
        long s = Math.round(seconds);
        if (s < 60) return s + " s";
        if (s < 3600) return s / 60 + " min " + s % 60 + " s";
        return s / 3600 + " h " + s % 3600 / 60 + " min";
    }
}
