package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.restoration.CurvePoint;
import dev.calotype.study.Study;
import dev.calotype.study.StudyDirectory;
import dev.calotype.study.StudyTable;
import dev.calotype.study.StudyTable.Column;
import dev.calotype.study.StudyTable.Row;
import dev.calotype.study.TestPicture;
import dev.calotype.study.Trial;
import dev.calotype.study.TrialResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What there is to say of a study of restorations. */
final class StudyReport {
    private static final int SHOWN_PICTURES = 120;
    private static final int SHOWN_CHARTS = 24;

    private final StudyDirectory directory;
    private final Study study;
    private final StudyTable table;
    private final Map<String, TrialResult> results;

    private StudyReport(StudyDirectory directory) throws IOException {
        this.directory = directory;
        study = directory.study();
        results = directory.results();
        table = StudyTable.of(study, directory);
    }

    static Document of(StudyDirectory directory) throws IOException {
        return new StudyReport(directory).document();
    }

    private Document document() throws IOException {
        Document page = new Document(study.name());
        page.paragraph(summary());
        table.rows().stream()
                .filter(row -> table.best(row, Column.PSNR))
                .forEach(row -> page.paragraph(format(
                        "Highest PSNR for %s: %s, with %s dB.",
                        row.degradation(), row.method(), Column.PSNR.text(row))));
        page.section("All methods");
        for (String degradation : table.degradations())
            page.add(new Block.Heading(3, degradation)).add(all(degradation));
        page.notes(table.notes());
        curves(page);
        pictures(page);
        page.section("Configuration").add(new Block.Code(study.text()));
        return page;
    }

    private String summary() {
        Study.Plan plan = study.plan();
        String budget = plan.budget().seconds() > 0
                ? format(
                        " Each trial had %.4g seconds, unless its method has a budget of its own.",
                        plan.budget().seconds())
                : "";
        return format(
                "%d methods were given the same damaged pictures: %s, each %s, with %d %s (%s).%s",
                study.methods().size(),
                String.join(
                        ", ", study.pictures().stream().map(TestPicture::name).toList()),
                plan.degradations().size() == 1
                        ? "by " + plan.degradations().get(0)
                        : "by each of " + String.join(", ", plan.degradations()),
                plan.seeds().size(),
                plan.seeds().size() == 1 ? "seed" : "seeds",
                String.join(", ", plan.seeds().stream().map(String::valueOf).toList()),
                budget);
    }

    private Block.Table all(String degradation) {
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Row row : table.rows(degradation))
            rows.add(table.entries(row).stream()
                    .map(entry -> new Block.Cell(entry.text(), entry.best() ? Block.Mark.BEST : Block.Mark.NONE))
                    .toList());
        return new Block.Table(table.heads(), 1, rows);
    }

    /** The trials of the first seed, by degradation and picture. */
    private List<List<Trial>> firstSeeds() {
        long seed = study.plan().seeds().get(0);
        List<Trial> trials =
                study.trials().stream().filter(trial -> trial.seed() == seed).toList();
        int methods = study.methods().size();
        List<List<Trial>> groups = new ArrayList<>();
        for (int i = 0; i < trials.size(); i += methods) groups.add(trials.subList(i, i + methods));
        return groups;
    }

    private void curves(Document page) throws IOException {
        List<LineChart> byIteration = new ArrayList<>(), bySeconds = new ArrayList<>();
        for (List<Trial> group : firstSeeds()) {
            if (byIteration.size() >= SHOWN_CHARTS) break;
            byIteration.add(chart(group, "iteration", CurvePoint::iteration));
            bySeconds.add(chart(group, "seconds", CurvePoint::seconds));
        }
        if (byIteration.stream().allMatch(LineChart::empty)) return;
        page.section("The way there")
                .paragraph(
                        "PSNR of the estimate in dB over the iterations and over the seconds, first seed. Where outputs are"
                                + " averaged it is that of the average.")
                .charts(byIteration)
                .charts(bySeconds);
    }

    private LineChart chart(List<Trial> group, String label, ToDoubleFunction<CurvePoint> x) throws IOException {
        List<LineChart.Series> series = new ArrayList<>();
        for (Trial trial : group) {
            List<CurvePoint> points = directory.curve(trial);
            if (points.size() > 1)
                series.add(LineChart.Series.of(trial.method().label(), points, x, CurvePoint::smoothed));
        }
        Trial first = group.get(0);
        return new LineChart(
                first.picture() + ", " + first.degradation(),
                label,
                LineChart.XScale.LINEAR,
                LineChart.YScale.LINEAR,
                series);
    }

    /** The truth, what was seen, and what each method made of it. */
    private void pictures(Document page) {
        int shown = 0;
        boolean begun = false;
        for (List<Trial> group : firstSeeds()) {
            Trial first = group.get(0);
            List<Block.Picture> pictures = new ArrayList<>();
            add(pictures, directory.truth(first), first.picture() + ", the truth");
            TrialResult any = results.get(first.id());
            Double seen =
                    any == null || any.scores() == null ? null : any.scores().observed();
            add(
                    pictures,
                    directory.observed(first),
                    first.degradation() + (seen == null ? "" : format(", %.2f dB", seen)));
            for (Trial trial : group) {
                TrialResult result = results.get(trial.id());
                if (result == null || result.scores() == null) continue;
                add(
                        pictures,
                        directory.restored(trial),
                        format(
                                "%s, %.2f dB",
                                trial.method().label(), result.scores().psnr()));
            }
            shown += pictures.size();
            if (pictures.isEmpty() || shown > SHOWN_PICTURES) continue;
            if (!begun) page.section("Side by side").paragraph("The first seed.");
            begun = true;
            page.add(new Block.Pictures(pictures, Block.Size.SMALL));
        }
    }

    private static void add(List<Block.Picture> pictures, Path file, String caption) {
        if (Files.exists(file)) pictures.add(new Block.Picture(file, caption));
    }
}
