package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.drawing.InterpolationStudy;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Kebab;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What lies between two samples of a run: a picture, and the study of the walk if there is one. */
final class BetweenSamples {
    private BetweenSamples() {}

    static void addTo(Document page, RunDirectory run) throws IOException {
        Optional<InterpolationStudy> study = InterpolationStudy.of(run);
        if (!Files.exists(run.interpolationFile()) && study.isEmpty()) return;
        page.section("Between two samples");
        if (Files.exists(run.interpolationFile()))
            page.add(new Block.Pictures(
                    List.of(new Block.Picture(
                            run.interpolationFile(), "Two samples and what lies between their noises")),
                    Block.Size.LARGE));
        if (study.isPresent()) studied(page, run, study.get());
    }

    private static void studied(Document page, RunDirectory run, InterpolationStudy study) {
        if (Files.exists(run.studyPicture()))
            page.add(new Block.Pictures(
                    List.of(new Block.Picture(
                            run.studyPicture(),
                            "From above: noises on the straight line, their images; images of the arc, its noises")),
                    Block.Size.LARGE));
        study.explanation().forEach(page::paragraph);
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (InterpolationStudy.Walk walk : study.walks())
            for (InterpolationStudy.Frame frame : walk.frames())
                rows.add(Stream.of(
                                Kebab.of(walk.mode()),
                                format("%.2f", frame.position()),
                                format("%.2f", frame.norm()),
                                format("%.2f", frame.contrast()),
                                format("%.3f", frame.step()))
                        .map(Block.Cell::of)
                        .toList());
        List<LineChart> charts = List.of(
                walks(study, "Norm of the latent", InterpolationStudy.Frame::norm),
                walks(study, "Difference of neighbouring pixels", InterpolationStudy.Frame::contrast));
        page.charts(charts)
                .add(new Block.Table(List.of("way", "position", "norm", "contrast", "step in features"), 1, rows));
    }

    private static LineChart walks(
            InterpolationStudy study, String title, ToDoubleFunction<InterpolationStudy.Frame> value) {
        List<LineChart.Series> series = study.walks().stream()
                .map(walk -> LineChart.Series.of(
                        Kebab.of(walk.mode()), walk.frames(), InterpolationStudy.Frame::position, value))
                .toList();
        return new LineChart(title, "position", LineChart.XScale.LINEAR, series);
    }
}
