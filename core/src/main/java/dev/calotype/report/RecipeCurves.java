package dev.calotype.report;

import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Milestone.Score;
import dev.calotype.experiment.RunDirectory;
import dev.calotype.experiment.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How the models of different recipes became better with the seconds: losses of different kinds do not compare. */
final class RecipeCurves {
    private RecipeCurves() {}

    /** The charts of runs, by name; a chart without points is left out. */
    static List<LineChart> of(Map<String, RunDirectory> runs) throws IOException {
        List<LineChart> charts = new ArrayList<>();
        add(charts, "FID", runs, Score::fid);
        add(charts, "KID", runs, Score::kid);
        add(charts, "Recall", runs, Score::recall);
        add(charts, "Share of attribute values shown", runs, Score::coverage);
        List<LineChart.Series> speed = new ArrayList<>();
        for (Map.Entry<String, RunDirectory> run : runs.entrySet())
            speed.add(LineChart.Series.of(
                    run.getKey(),
                    Statistics.read(run.getValue().statisticsFile()),
                    Statistics::seconds,
                    Statistics::imagesPerSecond));
        charts.add(chart("Images per second", speed));
        return charts.stream()
                .filter(chart -> chart.series().stream()
                        .anyMatch(series -> !series.points().isEmpty()))
                .toList();
    }

    private static void add(
            List<LineChart> charts, String title, Map<String, RunDirectory> runs, Function<Score, Double> value)
            throws IOException {
        List<LineChart.Series> series = new ArrayList<>();
        for (Map.Entry<String, RunDirectory> run : runs.entrySet()) {
            List<Milestone> scored = Milestone.read(run.getValue().milestonesFile()).stream()
                    .filter(m -> m.score() != null && value.apply(m.score()) != null)
                    .toList();
            series.add(LineChart.Series.of(run.getKey(), scored, Milestone::seconds, m -> value.apply(m.score())));
        }
        charts.add(chart(title, series));
    }

    private static LineChart chart(String title, List<LineChart.Series> series) {
        return new LineChart(title, "seconds of training", LineChart.XScale.LINEAR, series);
    }
}
