package dev.calotype.report;

import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Score;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How the models of different recipes became better with the seconds: losses of different kinds do not compare. */
final class RecipeCurves {
    private RecipeCurves() {}

    /** The charts of runs, by name. */
    static List<LineChart> of(Map<String, RunDirectory> runs) throws IOException {
        return of(runs, Measure.scores());
    }

    /** With a chart for each of the scores that has a better end, and that the runs were judged by on the way. */
    static List<LineChart> of(Map<String, RunDirectory> runs, List<Score> known) throws IOException {
        Map<String, List<Milestone>> milestones = new LinkedHashMap<>();
        List<LineChart.Series> speed = new ArrayList<>();
        for (Map.Entry<String, RunDirectory> run : runs.entrySet()) {
            milestones.put(run.getKey(), Milestone.read(run.getValue().milestonesFile()));
            speed.add(LineChart.Series.of(
                    run.getKey(),
                    Statistics.read(run.getValue().statisticsFile()),
                    Statistics::seconds,
                    Statistics::imagesPerSecond));
        }
        List<LineChart> charts = new ArrayList<>();
        for (Score score : known) if (score.better() != Score.Better.NEITHER) charts.add(scores(score, milestones));
        charts.add(chart("Images per second", speed));
        for (Map.Entry<String, RunDirectory> run : runs.entrySet()) {
            List<Statistics> statistics = Statistics.read(run.getValue().statisticsFile());
            List<LineChart.Series> losses = new ArrayList<>(losses(statistics, Statistics::seconds));
            losses.add(LineChart.Series.of(
                    "validation",
                    Kinds.of(run.getValue().experiment()).story().worth().apart(milestones.get(run.getKey())),
                    Milestone::seconds,
                    Milestone::validation));
            losses.removeIf(series -> series.points().isEmpty());
            charts.add(chart("Losses of " + run.getKey(), losses));
        }
        return charts;
    }

    /** The loss of a training; the losses of both networks of a game. */
    static List<LineChart.Series> losses(List<Statistics> statistics, ToDoubleFunction<Statistics> x) {
        if (statistics.stream().allMatch(line -> line.game() == null))
            return List.of(LineChart.Series.of("training", statistics, x, Statistics::loss));
        return List.of(
                LineChart.Series.of("discriminator", statistics, x, Statistics::loss),
                LineChart.Series.of(
                        "generator",
                        statistics.stream().filter(line -> line.game() != null).toList(),
                        x,
                        line -> line.game().generatorLoss()));
    }

    private static LineChart scores(Score score, Map<String, List<Milestone>> milestones) {
        List<LineChart.Series> series = new ArrayList<>();
        milestones.forEach((name, all) -> series.add(LineChart.Series.of(
                name, all.stream().filter(m -> of(score, m) != null).toList(), Milestone::seconds, m -> of(score, m))));
        return chart(score.heading(), series);
    }

    private static Double of(Score score, Milestone milestone) {
        return milestone.score() == null ? null : score.of(milestone.score());
    }

    private static LineChart chart(String title, List<LineChart.Series> series) {
        return new LineChart(title, "seconds of training", LineChart.XScale.LINEAR, series);
    }
}
