package dev.calotype.experiment;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A run as one HTML file to show to somebody else: pictures, curves, numbers, and the recipe that made them. */
public final class Report {
    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            h1 { font-weight: 600 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd }
            figure { margin: 1rem 0 } figcaption { color: #666; font-size: .85rem }
            img { image-rendering: pixelated; width: 100%; max-width: 40rem; border-radius: 4px }
            table { border-collapse: collapse } th { text-align: left; font-weight: 500; padding-right: 2rem }
            th, td { border-bottom: 1px solid #eee; padding: .2rem 1rem .2rem 0 } td { font-variant-numeric: tabular-nums }
            pre { background: #f6f6f4; padding: 1rem; overflow: auto; font-size: .8rem }
            svg { width: 100%; max-width: 40rem } .curve { fill: none; stroke: #b4532a; stroke-width: 1.6 }
            .grid { stroke: #eee } .tick { font-size: 11px; fill: #777 } .title { font-size: 13px; fill: #222 }
            .bars { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem }
            .bar { height: .7rem; background: #b4532a; display: inline-block; vertical-align: middle }
            .note { color: #765 }
            """;

    private Report() {}

    /** Writes {@code report.html} of a run from what lies in it, and returns its path. */
    public static Path write(RunDirectory run) throws IOException {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
                + Html.escape(run.root().getFileName().toString()) + "</title>\n<style>" + STYLE + "</style>\n<h1>"
                + Html.escape(run.root().getFileName().toString()) + "</h1>\n");
        List<Statistics> statistics = Statistics.read(run.statisticsFile());
        if (!statistics.isEmpty()) page.append(Html.table(summary(run, statistics)));
        page.append("<h2>Samples</h2>\n")
                .append(Html.image(run.gridFile(), "Samples of the averaged weights, not selected"));
        page.append(Html.image(run.interpolationFile(), "Two samples and what lies between their noises"));
        Optional<Judgement> judgement = run.judgement();
        if (judgement.isPresent()) page.append(judged(judgement.get()));
        if (!statistics.isEmpty()) page.append(curves(statistics));
        page.append(progress(run));
        page.append("<h2>Recipe</h2>\n<pre>")
                .append(Html.escape(Files.readString(run.experimentFile())))
                .append("</pre>\n</html>\n");
        AtomicFile.write(run.reportFile(), page.toString());
        return run.reportFile();
    }

    private static Map<String, String> summary(RunDirectory run, List<Statistics> statistics) {
        Statistics last = statistics.get(statistics.size() - 1);
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put(
                "Data",
                run.experiment().data().source() + ", "
                        + run.experiment().data().size() + " px");
        rows.put(
                "Steps",
                format(
                        "%d of batch %d",
                        last.step(), run.experiment().training().batch()));
        rows.put("Training time", format("%.1f min", last.seconds() / 60));
        rows.put(
                "Images per second",
                format("%.1f", last.step() * run.experiment().training().batch() / last.seconds()));
        rows.put("Loss at the end", format("%.4f", last.loss()));
        rows.put("Waiting for data", format("%.1f %% of the time", 100 * last.waitShare()));
        rows.put("Memory", last.memoryMb() + " MB");
        return rows;
    }

    private static String judged(Judgement j) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Compared with", j.against() + ", " + j.realImages() + " images");
        rows.put("Generated", j.images() + " images: " + j.generated());
        rows.put("Feature network", j.network() + " " + j.hash() + " (numbers of other networks do not compare)");
        rows.put("FID", format("%.3f", j.fid()));
        rows.put("KID", format("%.4f, 95 %% interval %.4f to %.4f", j.kid(), j.kidLow(), j.kidHigh()));
        rows.put("Precision / recall", format("%.3f / %.3f", j.precision(), j.recall()));
        rows.put("Density / coverage", format("%.3f / %.3f", j.density(), j.neighbourCoverage()));
        if (j.coverage() != null)
            rows.put(
                    "Values shown",
                    format(
                            "%.1f %%; at least half as often as they should: %.1f %%",
                            100 * j.coverage(), 100 * j.evenCoverage()));
        StringBuilder html = new StringBuilder("<h2>Judgement</h2>\n").append(Html.table(rows));
        j.caveats().forEach(caveat -> html.append("<p class=\"note\">")
                .append(Html.escape(caveat))
                .append("</p>\n"));
        html.append("<div class=\"bars\">\n");
        j.shares().forEach((attribute, shares) -> {
            html.append("<div><b>").append(Html.escape(attribute)).append("</b><br>\n");
            shares.forEach((value, share) -> html.append(
                            format("<span class=\"bar\" style=\"width:%.2frem\"></span> ", 8 * share))
                    .append(Html.escape(value))
                    .append(format(" %.1f %%<br>\n", 100 * share)));
            html.append("</div>\n");
        });
        return html.append("</div>\n").toString();
    }

    private static String curves(List<Statistics> statistics) {
        return "<h2>Training</h2>\n"
                + curve("Loss", statistics, Statistics::loss)
                + curve("Gradient norm before clipping", statistics, Statistics::gradientNorm)
                + curve("Images per second", statistics, Statistics::imagesPerSecond)
                + curve("Learning rate", statistics, Statistics::learningRate);
    }

    private static String curve(String title, List<Statistics> statistics, ToDoubleFunction<Statistics> value) {
        List<double[]> points = statistics.stream()
                .map(s -> new double[] {s.step(), value.applyAsDouble(s)})
                .toList();
        return new LineChart(title, "step", points).svg() + "\n";
    }

    /** The grids drawn at checkpoints, the latest first. */
    private static String progress(RunDirectory run) throws IOException {
        StringBuilder html = new StringBuilder("<h2>On the way</h2>\n");
        try (Stream<Path> files = Files.list(run.samples())) {
            List<Path> grids = files.filter(
                            file -> file.getFileName().toString().matches("step-\\d+\\.png"))
                    .sorted(Collections.reverseOrder())
                    .limit(6)
                    .toList();
            for (Path grid : grids)
                html.append(Html.image(grid, grid.getFileName().toString()));
        }
        return html.toString();
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
