package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.experiment.Experiment;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Score;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several runs side by side. None is called the best: each is one training of one seed. */
final class Comparison {
    private static final List<String> HEADS = List.of("run", "data", "px", "steps", "minutes", "images/s", "loss");

    private record Entry(RunDirectory run, Experiment experiment, List<Statistics> statistics, Judgement judgement) {
        static Entry of(RunDirectory run) throws IOException {
            Optional<Judgement> judgement = run.judgement();
            return new Entry(run, run.experiment(), Statistics.read(run.statisticsFile()), judgement.orElse(null));
        }

        String name() {
            return run.root().toAbsolutePath().getFileName().toString();
        }

        boolean has(Score score) {
            return judgement != null && score.of(judgement.scores()) != null;
        }

        String protocol() {
            return format(
                    "%s %s, %d images against %d of %s at %d px",
                    judgement.network(),
                    judgement.hash(),
                    judgement.images(),
                    judgement.realImages(),
                    judgement.against(),
                    judgement.size());
        }
    }

    private Comparison() {}

    static void addTo(Document page, List<RunDirectory> runs) throws IOException {
        addTo(page, runs, Measure.scores());
    }

    /** With a column for each of the scores that at least one run was judged by, in their order. */
    static void addTo(Document page, List<RunDirectory> runs, List<Score> known) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (RunDirectory run : runs) entries.add(Entry.of(run));
        List<String> protocols = entries.stream()
                .filter(entry -> entry.judgement() != null)
                .map(Entry::protocol)
                .distinct()
                .toList();
        List<List<Block.Cell>> rows = new ArrayList<>();
        List<Score> told = known.stream()
                .filter(score -> entries.stream().anyMatch(entry -> entry.has(score)))
                .toList();
        for (Entry entry : entries) rows.add(row(entry, told));
        List<String> heads = new ArrayList<>(HEADS);
        told.forEach(score -> heads.add(score.title()));
        page.section("Side by side").add(new Block.Table(heads, 2, rows));
        if (protocols.size() == 1)
            page.paragraph("Judged by " + protocols.get(0)
                    + ". Each row is one training, of one seed: how far its numbers are chance"
                    + " is not known, so none is called the best. A sweep over several seeds tells it.");
        if (protocols.size() > 1)
            page.add(new Block.Note("The runs were judged in different ways, so their scores do not compare: "
                    + String.join("; ", protocols) + "."));
        page.charts(losses(entries));
        page.add(new Block.Links(runs.stream()
                .map(run ->
                        new Block.Link(run.root().toAbsolutePath().getFileName().toString(), run.root()))
                .toList()));
    }

    /** Those of one kind in one chart, and of each game its own: they do not compare. */
    private static List<LineChart> losses(List<Entry> entries) {
        List<LineChart> charts = new ArrayList<>();
        List<LineChart.Series> alone = new ArrayList<>();
        for (Entry entry : entries) {
            List<LineChart.Series> losses = RecipeCurves.losses(entry.statistics(), Statistics::step);
            if (losses.size() == 1)
                alone.add(LineChart.Series.of(entry.name(), entry.statistics(), Statistics::step, Statistics::loss));
            else charts.add(new LineChart("Losses of " + entry.name(), "step", LineChart.XScale.LINEAR, losses));
        }
        charts.add(0, new LineChart("Loss", "step", LineChart.XScale.LINEAR, alone));
        return charts;
    }

    private static List<Block.Cell> row(Entry entry, List<Score> told) {
        List<Block.Cell> cells = new ArrayList<>();
        cells.add(Block.Cell.of(entry.name()));
        cells.add(Block.Cell.of(entry.experiment().data().source()));
        cells.add(Block.Cell.of("" + entry.experiment().data().size()));
        if (entry.statistics().isEmpty()) for (int i = 0; i < 4; i++) cells.add(Block.Cell.of("–"));
        else {
            Statistics last = entry.statistics().get(entry.statistics().size() - 1);
            double images = (double) last.step() * entry.experiment().training().batch();
            cells.add(Block.Cell.of("" + last.step()));
            cells.add(Block.Cell.of(format("%.1f", last.seconds() / 60)));
            cells.add(Block.Cell.of(format("%.1f", images / last.seconds())));
            cells.add(Block.Cell.of(format("%.4f", last.loss())));
        }
        for (Score score : told)
            cells.add(Block.Cell.of(
                    entry.has(score) ? format("%.4g", score.of(entry.judgement().scores())) : "–"));
        return cells;
    }
}
