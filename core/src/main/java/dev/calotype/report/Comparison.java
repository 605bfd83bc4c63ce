package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.experiment.Experiment;
import dev.calotype.judge.Judgement;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Several runs side by side. Scores are ranked only where the same network judged as many images against the same ones. */
final class Comparison {
    private static final List<String> HEADS =
            List.of("run", "data", "px", "steps", "minutes", "images/s", "loss", "FID", "KID", "precision", "recall");

    private record Entry(RunDirectory run, Experiment experiment, List<Statistics> statistics, Judgement judgement) {
        static Entry of(RunDirectory run) throws IOException {
            Optional<Judgement> judgement = run.judgement();
            return new Entry(run, run.experiment(), Statistics.read(run.statisticsFile()), judgement.orElse(null));
        }

        String name() {
            return run.root().toAbsolutePath().getFileName().toString();
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
        List<Entry> entries = new ArrayList<>();
        for (RunDirectory run : runs) entries.add(Entry.of(run));
        List<String> protocols = entries.stream()
                .filter(entry -> entry.judgement() != null)
                .map(Entry::protocol)
                .distinct()
                .toList();
        boolean ranked = protocols.size() == 1;
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Entry entry : entries) rows.add(row(entry, ranked ? entries : List.of()));
        page.section("Side by side").add(new Block.Table(HEADS, 2, rows));
        if (ranked) page.paragraph("Judged by " + protocols.get(0) + ".");
        if (protocols.size() > 1)
            page.add(new Block.Note("The runs were judged in different ways, so their scores are not ranked: "
                    + String.join("; ", protocols) + "."));
        List<LineChart.Series> losses = entries.stream()
                .map(e -> LineChart.Series.of(e.name(), e.statistics(), Statistics::step, Statistics::loss))
                .toList();
        page.charts(List.of(new LineChart("Loss", "step", LineChart.XScale.LINEAR, losses)));
    }

    private static List<Block.Cell> row(Entry entry, List<Entry> rivals) {
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
        cells.add(score(entry, rivals, Judgement::fid, -1));
        cells.add(score(entry, rivals, Judgement::kid, -1));
        cells.add(score(entry, rivals, Judgement::precision, 1));
        cells.add(score(entry, rivals, Judgement::recall, 1));
        return cells;
    }

    private static Block.Cell score(Entry entry, List<Entry> rivals, ToDoubleFunction<Judgement> score, int sign) {
        if (entry.judgement() == null) return Block.Cell.of("–");
        double own = score.applyAsDouble(entry.judgement());
        List<Entry> judged =
                rivals.stream().filter(rival -> rival.judgement() != null).toList();
        double[] behind = judged.stream()
                .mapToDouble(rival -> sign * (own - score.applyAsDouble(rival.judgement())))
                .toArray();
        boolean best = Arrays.stream(behind).allMatch(gap -> gap >= 0)
                && Arrays.stream(behind).anyMatch(gap -> gap > 0);
        return new Block.Cell(format("%.4g", own), best ? Block.Mark.BEST : Block.Mark.NONE);
    }
}
