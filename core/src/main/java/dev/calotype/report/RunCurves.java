package dev.calotype.report;

import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Story;
import dev.calotype.run.Statistics;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How a run went, as curves over its steps, with a line wherever something went wrong. */
record RunCurves(Story.Worth worth, List<Statistics> statistics, List<Milestone> milestones, List<Incident> incidents) {
    /** Loss, scores, speed and the gradient. */
    void addTo(Document page) {
        if (statistics.isEmpty()) return;
        boolean plain = statistics.get(statistics.size() - 1).game() == null;
        List<Milestone> scored = milestones.stream().filter(m -> m.has("fid")).toList();
        page.section("Training")
                .charts(marked(
                        new LineChart(
                                plain ? "Loss" : "Losses of the game",
                                "step",
                                LineChart.XScale.LINEAR,
                                RecipeCurves.losses(statistics, Statistics::step)),
                        LineChart.of(
                                worth.heading() + " of the averaged weights",
                                "step",
                                LineChart.Series.of(
                                        "", worth.apart(milestones), Milestone::step, Milestone::validation)),
                        LineChart.of(
                                scored.isEmpty()
                                        ? "FID"
                                        : "FID over time ("
                                                + scored.get(0).score().text("images") + " images)",
                                "step",
                                LineChart.Series.of("", scored, Milestone::step, m -> m.score()
                                        .number("fid"))),
                        curve("Images per second", Statistics::imagesPerSecond),
                        curve(
                                plain ? "Gradient norm before clipping" : "Gradient norm of the discriminator",
                                Statistics::gradientNorm),
                        curve("Learning rate", Statistics::learningRate)));
    }

    /** How the two networks of a gan stood. */
    void addGameTo(Document page) {
        List<Statistics> played =
                statistics.stream().filter(s -> s.game() != null).toList();
        if (played.isEmpty()) return;
        page.section("The game")
                .charts(marked(
                        played(
                                played,
                                "Share of images that the discriminator judges rightly",
                                Statistics.Game::accuracy),
                        played(played, "Coarse diversity, real images 1", Statistics.Game::diversity),
                        similarity(),
                        distance(),
                        played(played, "Gradient norm of the generator", Statistics.Game::generatorNorm)));
    }

    /** Charts with a line wherever something went wrong. */
    private List<LineChart> marked(LineChart... charts) {
        List<Double> moments =
                incidents.stream().map(incident -> (double) incident.step()).toList();
        return Stream.of(charts).map(chart -> chart.marking(moments)).toList();
    }

    /** How different the images drawn at checkpoints were from each other. */
    private LineChart similarity() {
        List<Milestone> judged =
                varied().filter(m -> m.score().has("diversity.msSsim")).toList();
        return LineChart.of(
                "Likeness of two drawn images (MS-SSIM)",
                "step",
                LineChart.Series.of("", judged, Milestone::step, m -> m.score().number("diversity.msSsim")));
    }

    private LineChart distance() {
        List<Milestone> judged = varied().toList();
        return new LineChart(
                "Distance of two images in features",
                "step",
                LineChart.XScale.LINEAR,
                List.of(
                        LineChart.Series.of(
                                "drawn", judged, Milestone::step, m -> m.score().number("diversity.featureDistance")),
                        LineChart.Series.of("real", judged, Milestone::step, m -> m.score()
                                .number("diversity.realFeatureDistance"))));
    }

    private Stream<Milestone> varied() {
        return milestones.stream().filter(m -> m.has("diversity"));
    }

    private static LineChart played(List<Statistics> played, String title, ToDoubleFunction<Statistics.Game> value) {
        return LineChart.of(
                title, "step", LineChart.Series.of("", played, Statistics::step, s -> value.applyAsDouble(s.game())));
    }

    private LineChart curve(String title, ToDoubleFunction<Statistics> value) {
        return LineChart.of(title, "step", LineChart.Series.of("", statistics, Statistics::step, value));
    }
}
