package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a report tells, as lines to read and to compare: its words, the numbers of its tables, the points of its curves. */
final class Told {
    private static final int SHOWN_POINTS = 3;

    private final Path root;
    private final StringBuilder text = new StringBuilder();

    private Told(Path root) {
        this.root = root;
    }

    /** A document about what lies in {@code root}, whose place is not told. */
    static String of(Document document, Path root) {
        Told told = new Told(root);
        told.line("# " + document.title());
        document.blocks().forEach(told::block);
        return told.text.toString();
    }

    /**
     * Holds a text to the resource of a name. With the system property {@code calotype.golden}, a folder, it is written there
     * instead, to be read by a person before it becomes the resource.
     */
    static void assertGolden(String name, String text) throws IOException {
        String keep = System.getProperty("calotype.golden", "");
        if (!keep.isEmpty()) Files.writeString(Path.of(keep, name), text);
        try (InputStream in = Told.class.getResourceAsStream(name)) {
            assertThat(in).as("resource %s", name).isNotNull();
            assertThat(text).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    private void block(Block block) {
        if (block instanceof Block.Heading h) line("\n" + "#".repeat(h.level()) + " " + h.text());
        if (block instanceof Block.Paragraph p) line("  " + p.text());
        if (block instanceof Block.Note n) line("! " + n.text());
        if (block instanceof Block.Code c)
            line("code: " + c.text().lines().findFirst().orElse("nothing"));
        if (block instanceof Block.Facts f) f.rows().forEach((name, value) -> line("  " + name + ": " + value));
        if (block instanceof Block.Links l) l.links().forEach(link -> line("-> " + link.text() + ": " + place(link)));
        if (block instanceof Block.Table t) table(t);
        if (block instanceof Block.Pictures p)
            p.pictures().forEach(picture -> line(p.size() + " " + place(picture.file()) + ": " + picture.caption()));
        if (block instanceof Block.Charts c) c.charts().forEach(this::chart);
        if (block instanceof Block.Shares s)
            s.attributes().forEach((name, shares) -> line("  " + name + ": " + shares));
    }

    private void table(Block.Table table) {
        List<String> labels = table.heads().subList(0, table.labels());
        line("| " + String.join(" | ", labels) + " || "
                + String.join(
                        " | ",
                        table.heads().subList(table.labels(), table.heads().size())));
        for (List<Block.Cell> row : table.rows())
            line("| "
                    + row.stream()
                            .map(cell -> cell.mark() == Block.Mark.BEST ? "*" + cell.text() + "*" : cell.text())
                            .collect(Collectors.joining(" | ")));
    }

    private void chart(LineChart chart) {
        line("~ " + chart.title() + ", by " + chart.xLabel() + " (" + chart.xScale() + ", " + chart.yScale() + ")"
                + (chart.moments().isEmpty() ? "" : " " + chart.moments()));
        for (LineChart.Series series : chart.series()) {
            List<double[]> points = series.points();
            String begun = points.stream().limit(SHOWN_POINTS).map(Told::point).collect(Collectors.joining(" "));
            String end = points.size() <= SHOWN_POINTS ? "" : " ... " + point(points.get(points.size() - 1));
            line("    " + series.name() + "[" + points.size() + "] " + begun + end);
        }
    }

    private static String point(double... xy) {
        return Arrays.stream(xy)
                .mapToObj(v -> String.format(Locale.ROOT, "%.6g", v))
                .collect(Collectors.joining(",", "(", ")"));
    }

    private String place(Block.Link link) {
        return place(link.target());
    }

    /** Hashes of recipes change with every default: they are not told. */
    private String place(Path file) {
        return root.relativize(file).toString().replace('\\', '/').replaceAll("-[0-9a-f]{10}", "-#");
    }
}
