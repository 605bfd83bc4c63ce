package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.judge.Naming;
import dev.calotype.metric.Classification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a classifier named pictures: shares, classes, calibration and confusion. */
final class NamingSection {
    private static final int MOST_CLASSES = 40; // of which a table of confusion is still a page

    private NamingSection() {}

    static void addTo(Document page, Naming naming) {
        Classification found = naming.classification();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Tested on", naming.data() + ", " + found.images() + " images");
        rows.put("Named rightly (top-1)", format("%.2f %%", 100 * found.top1()));
        if (found.top5() != null) rows.put("Among the first five (top-5)", format("%.2f %%", 100 * found.top5()));
        rows.put("Cross-entropy", format("%.4f nats", found.loss()));
        rows.put("Calibration error (ECE, 15 bins)", format("%.2f %%", 100 * found.ece()));
        rows.put("Images per second, with reading", format("%.1f", naming.imagesPerSecond()));
        rows.put("Weights", naming.hash());
        page.section("Test").facts(rows);
        page.charts(List.of(calibration(found)));
        page.add(classes(found));
        if (found.classes().size() <= MOST_CLASSES) page.add(confusion(found));
    }

    private static LineChart calibration(Classification found) {
        List<LineChart.Series> series = List.of(
                LineChart.Series.of(
                        "named rightly", found.bins(), Classification.Bin::confidence, Classification.Bin::accuracy),
                LineChart.Series.of(
                        "as confident as right",
                        found.bins(),
                        Classification.Bin::confidence,
                        Classification.Bin::confidence));
        return new LineChart("Calibration", "confidence", LineChart.XScale.LINEAR, LineChart.YScale.LINEAR, series);
    }

    private static Block classes(Classification found) {
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Classification.Named each : found.classes())
            rows.add(List.of(
                    Block.Cell.of(each.name()),
                    Block.Cell.of(String.valueOf(each.images())),
                    Block.Cell.of(format("%.1f %%", 100 * each.recall())),
                    Block.Cell.of(format("%.1f %%", 100 * each.precision()))));
        return new Block.Table(List.of("Class", "Images", "Recall", "Precision"), 1, rows);
    }

    /** Rows are what pictures are, columns what they were called. */
    private static Block confusion(Classification found) {
        List<String> heads = new ArrayList<>(List.of("Is, and was called"));
        found.classes().forEach(each -> heads.add(each.name()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (int c = 0; c < found.classes().size(); c++) {
            List<Block.Cell> row =
                    new ArrayList<>(List.of(Block.Cell.of(found.classes().get(c).name())));
            for (int k = 0; k < found.confusion().get(c).size(); k++)
                row.add(new Block.Cell(
                        String.valueOf(found.confusion().get(c).get(k)), k == c ? Block.Mark.BEST : Block.Mark.NONE));
            rows.add(row);
        }
        return new Block.Table(heads, 1, rows);
    }
}
