package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What went wrong in a run, or may have, in sentences. */
final class Warnings {
    private static final Pattern WARNED = Pattern.compile("^\\S+ \\S+ (WARN|ERROR) .*");
    private static final double MUCH_WAITING = 0.03, MUCH_WORSE = 1.1, MUCH_HIGHER = 1.5, SPIKE = 20, SLOW = 0.5;
    private static final int QUOTED = 3;

    private final RunDirectory run;
    private final Experiment experiment;
    private final List<Statistics> statistics;
    private final List<Milestone> milestones;

    Warnings(RunDirectory run, Experiment experiment, List<Statistics> statistics, List<Milestone> milestones) {
        this.run = run;
        this.experiment = experiment;
        this.statistics = statistics;
        this.milestones = milestones;
    }

    /** At least one sentence. */
    List<String> all() throws IOException {
        List<String> all = new ArrayList<>();
        if (statistics.isEmpty()) all.add("There are no statistics: the training made fewer than ten steps, or none.");
        else {
            unfinished(all);
            unsteady(all);
            slow(all);
        }
        validation(all);
        score(all);
        log(all);
        if (all.isEmpty()) all.add("Nothing unusual was recorded.");
        return all;
    }

    private Statistics last() {
        return statistics.get(statistics.size() - 1);
    }

    private void unfinished(List<String> all) {
        TrainingSettings settings = experiment.training();
        boolean bySteps = settings.steps() > 0 && last().step() >= settings.steps();
        boolean byTime = settings.minutes() > 0 && last().seconds() >= 60 * settings.minutes();
        if (!bySteps && !byTime && !settings.stalled(milestones))
            all.add(format(
                    "The training is not finished, or was stopped: %d steps in %.1f minutes. It can be"
                            + " gone on with.",
                    last().step(), last().seconds() / 60));
    }

    private void unsteady(List<String> all) {
        long broken =
                statistics.stream().filter(s -> !Double.isFinite(s.loss())).count();
        if (broken > 0) all.add("The loss was not finite in " + broken + " of the records: the training diverged.");
        double[] norms = statistics.stream()
                .mapToDouble(Statistics::gradientNorm)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (norms.length == 0) return;
        double median = norms[norms.length / 2], highest = norms[norms.length - 1];
        if (median > 0 && highest > SPIKE * median)
            all.add(format(
                    "The gradient norm rose to %.3g, %.0f times its median: a lower learning rate or a longer warm-up"
                            + " may help.",
                    highest, highest / median));
    }

    private void slow(List<String> all) {
        if (last().waitShare() > MUCH_WAITING)
            all.add(format(
                    "The trainer waited for data %.1f %% of the time: reading or decoding is too slow.",
                    100 * last().waitShare()));
        double[] speeds = statistics.stream()
                .mapToDouble(Statistics::imagesPerSecond)
                .sorted()
                .toArray();
        double median = speeds[speeds.length / 2];
        long slow = statistics.stream()
                .filter(s -> s.imagesPerSecond() < SLOW * median)
                .count();
        if (slow * 10 > statistics.size())
            all.add(format(
                    "In %.0f %% of the records the training had less than half of its usual speed: other programs"
                            + " probably used the machine, and times do not compare.",
                    100.0 * slow / statistics.size()));
    }

    private void validation(List<String> all) {
        Story.Worth worth = Kinds.of(experiment).story().worth();
        List<Milestone> milestones = worth.apart(this.milestones);
        if (milestones.size() < 2) return;
        Milestone last = milestones.get(milestones.size() - 1);
        Milestone best = milestones.stream()
                .min((a, b) -> Double.compare(a.validation(), b.validation()))
                .orElseThrow();
        if (last.validation() > MUCH_WORSE * best.validation() && best.validation() > 0)
            all.add(format(
                    "The %s was best at step %d, %.4f, and is %.4f at the end.",
                    worth.title(), best.step(), best.validation(), last.validation()));
    }

    /** Of few images a FID is noise of some tenths: only much worse ones are named. */
    private void score(List<String> all) {
        List<Milestone> scored = milestones.stream().filter(m -> m.has("fid")).toList();
        if (scored.size() < 2) return;
        Milestone last = scored.get(scored.size() - 1);
        Milestone best = scored.stream()
                .min((a, b) -> Double.compare(a.score().number("fid"), b.score().number("fid")))
                .orElseThrow();
        if (last.score().number("fid") > MUCH_HIGHER * best.score().number("fid"))
            all.add(format(
                    "The FID of %s images was lowest at step %d, %.4g, and is %.4g at the end: look at the samples of both.",
                    best.score().text("images"),
                    best.step(),
                    best.score().number("fid"),
                    last.score().number("fid")));
    }

    private void log(List<String> all) throws IOException {
        if (!Files.exists(run.logFile())) return;
        try (Stream<String> lines = Files.lines(run.logFile())) {
            List<String> warned =
                    lines.filter(line -> WARNED.matcher(line).matches()).toList();
            if (warned.isEmpty()) return;
            all.add("The log has " + warned.size() + (warned.size() == 1 ? " warning:" : " warnings, first:"));
            all.addAll(warned.subList(0, Math.min(QUOTED, warned.size())));
        } catch (java.io.UncheckedIOException e) {
            all.add("The log could not be read: " + e.getMessage());
        }
    }
}
