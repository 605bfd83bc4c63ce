package dev.calotype.restoration;

import dev.calotype.restore.Budget;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;

/**
 * How wide a network may be that is to be fitted in a time: the widest of a few, measured on a sample, of which enough iterations get
 * done. A fit of a narrow network that gets there is worth more than the beginning of a wide one.
 */
final class FitWidth {
    /** Iterations without which a fit has no shape yet. */
    static final int ENOUGH = 1500;

    private static final int[] WIDTHS = {16, 32, 64, 128};
    private static final double SHARE = 0.85; // of the time: the rest goes to the beginning and the end
    private static final int TIMED = 3; // iterations, of which the first does not count

    private final Proving proving;
    private final Rng rng;

    /**
     * A method with a network, and what is to be said of it.
     *
     * @param reason as the end of a sentence
     */
    record Fitting(Method method, String reason) {}

    /** The seconds of the time that one iteration takes, with its share of the beginning and the end. */
    @FunctionalInterface
    interface Pace {
        double of(Method method) throws IOException;
    }

    FitWidth(Proving proving, Rng rng) {
        this.proving = proving;
        this.rng = rng;
    }

    /** The widest network for the seconds of a budget. */
    Fitting in(Method method, double seconds) throws IOException {
        return in(method, seconds, this::seconds);
    }

    static Fitting in(Method method, double seconds, Pace pace) throws IOException {
        int width = WIDTHS[0];
        double each = pace.of(method.wide(width));
        for (int i = 1; i < WIDTHS.length && each * ENOUGH <= seconds; i++) {
            double wider = pace.of(method.wide(WIDTHS[i]));
            if (wider * ENOUGH > seconds)
                return new Fitting(method.wide(width), told(width, each, seconds) + more(WIDTHS[i], wider));
            width = WIDTHS[i];
            each = wider;
        }
        String more = each * ENOUGH > seconds
                ? String.format(
                        Locale.ROOT,
                        ", too few for an answer: %d take about %.0f s, and `method` denoiser takes seconds",
                        ENOUGH,
                        Math.ceil(each * ENOUGH))
                : "";
        return new Fitting(method.wide(width), told(width, each, seconds) + more);
    }

    private static String told(int width, double each, double seconds) {
        return String.format(
                Locale.ROOT, "with a network of %d channels, about %.0f iterations in the time", width, seconds / each);
    }

    private static String more(int width, double each) {
        return String.format(
                Locale.ROOT, "; one of %d channels wants %.0f s for %d", width, Math.ceil(each * ENOUGH), ENOUGH);
    }

    /** The seconds of the time that one iteration over the whole takes, with its share of the beginning and the end. */
    double seconds(Method method) throws IOException {
        long[] times = new long[TIMED];
        Sample sample = proving.sample();
        Watcher clock = frame -> {
            times[frame.iteration() - 1] = proving.clock().getAsLong();
            proving.heard().run();
        };
        try (PointerScope scope = new PointerScope()) {
            method.restorer(proving.equipment(), sample.observation())
                    .restore(sample.observation(), rng.fork(0), new Budget(0, TIMED), clock)
                    .image();
        }
        double each = (times[TIMED - 1] - times[0]) * 1e-9 / (TIMED - 1);
        return each * Math.max(1, (double) proving.pixels() / sample.pixels()) / SHARE;
    }
}
