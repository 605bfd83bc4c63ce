package dev.calotype.app.console;

import dev.calotype.study.StudyRun;
import dev.calotype.study.Trial;
import dev.calotype.study.TrialResult;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Shows the trials of a study to a person; told by several threads. */
public final class StudyConsole implements StudyRun.Listener {
    private final Console console;
    private final Map<String, Double> running = new HashMap<>(); // shares that are done, by trial
    private final long start = System.nanoTime();
    private int before; // trials done when the work began
    private int done;
    private int all;

    public StudyConsole(Console console) {
        this.console = console;
    }

    @Override
    public synchronized void begun(int done, int all) {
        before = done;
        this.done = done;
        this.all = all;
    }

    @Override
    public synchronized void step(Trial trial, int iteration, double share) {
        running.put(trial.id(), share);
        double now = done
                + running.values().stream().mapToDouble(Double::doubleValue).sum();
        double seconds = (System.nanoTime() - start) * 1e-9;
        String text = String.format(
                Locale.ROOT,
                "%d/%d trials  %s on %s, iteration %d",
                done,
                all,
                trial.method().label(),
                trial.picture().name(),
                iteration);
        console.bar(now / all, text, now > before ? seconds * (all - now) / (now - before) : Double.NaN);
    }

    @Override
    public synchronized void finished(TrialResult result, int done, int all) {
        running.remove(result.trial());
        this.done = done;
        String what =
                result.method() + " on " + result.picture() + ", " + result.degradation() + ", seed " + result.seed();
        if (result.failure() != null) console.say("%d/%d %s failed: %s", done, all, what, result.failure());
        else
            console.say(
                    "%d/%d %s: %.2f dB in %.1f s, oracle %.2f dB",
                    done,
                    all,
                    what,
                    result.scores().psnr(),
                    result.effort().seconds(),
                    result.oracle().psnr());
    }
}
