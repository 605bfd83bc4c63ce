package dev.calotype.report;

import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
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
        List<LineChart> charts = new ArrayList<>(List.of(
                scores("FID", milestones, "fid"),
                scores("KID", milestones, "kid"),
                scores("Recall", milestones, "recall"),
                scores("Share of attribute values shown", milestones, "coverage"),
                scores("How much of a room", milestones, "room"),
                chart("Images per second", speed)));
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
        boolean game = statistics.stream().anyMatch(line -> line.game() != null);
        if (!game) return List.of(LineChart.Series.of("training", statistics, x, Statistics::loss));
        return List.of(
                LineChart.Series.of("discriminator", statistics, x, Statistics::loss),
                LineChart.Series.of(
                        "generator",
                        statistics.stream().filter(line -> line.game() != null).toList(),
                        x,
                        line -> line.game().generatorLoss()));
    }

    private static LineChart scores(String title, Map<String, List<Milestone>> milestones, String score) {
        List<LineChart.Series> series = new ArrayList<>();
        milestones.forEach((name, all) -> series.add(LineChart.Series.of(
                name, all.stream().filter(m -> m.has(score)).toList(), Milestone::seconds, m -> m.score()
                        .number(score))));
        return chart(title, series);
    }

    private static LineChart chart(String title, List<LineChart.Series> series) {
        return new LineChart(title, "seconds of training", LineChart.XScale.LINEAR, series);
    }
}
