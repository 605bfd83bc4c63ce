package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A page for a repository: Markdown, with its pictures and curves in a folder beside it. */
final class Markdown implements Writer {
    private static final int ABREAST = 4;

    @Override
    public void write(Document document, Path out) throws IOException {
        String name = out.getFileName().toString();
        Assets assets = new Assets(out.resolveSibling(name.replaceAll("\\.md$", "") + "-files"));
        StringBuilder text = new StringBuilder("# " + plain(document.title()) + "\n");
        for (Block block : document.blocks()) text.append('\n').append(markdown(block, assets, out));
        AtomicFile.write(out, text.toString());
    }

    private static String markdown(Block block, Assets assets, Path out) throws IOException {
        if (block instanceof Block.Heading h) return "#".repeat(h.level()) + " " + plain(h.text()) + "\n";
        if (block instanceof Block.Paragraph p) return plain(p.text()) + "\n";
        if (block instanceof Block.Note n) return "> " + plain(n.text()) + "\n";
        if (block instanceof Block.Code c) return "```yaml\n" + c.text().stripTrailing() + "\n```\n";
        if (block instanceof Block.Facts f) return facts(f.rows());
        if (block instanceof Block.Links l) return links(l.links(), out);
        if (block instanceof Block.Table t) return table(t);
        if (block instanceof Block.Shares s) return shares(s.attributes());
        StringBuilder text = new StringBuilder();
        if (block instanceof Block.Charts c) for (LineChart chart : c.charts()) text.append(assets.chart(chart));
        if (block instanceof Block.Pictures p && p.size() == Block.Size.SMALL) return beside(p.pictures(), assets);
        if (block instanceof Block.Pictures p)
            for (Block.Picture picture : p.pictures()) text.append(assets.picture(picture));
        return text.toString();
    }

    /** Small pictures in tables, with their captions above. */
    private static String beside(List<Block.Picture> pictures, Assets assets) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < pictures.size(); from += ABREAST) {
            StringBuilder captions = new StringBuilder("|"), images = new StringBuilder("|");
            List<Block.Picture> row = pictures.subList(from, Math.min(pictures.size(), from + ABREAST));
            for (Block.Picture picture : row) {
                captions.append(' ').append(cell(picture.caption())).append(" |");
                images.append(' ').append(assets.image(picture)).append(" |");
            }
            text.append(from == 0 ? "" : "\n").append(captions).append("\n|").append("---|".repeat(row.size()));
            text.append('\n').append(images).append('\n');
        }
        return text.toString();
    }

    private static String links(List<Block.Link> links, Path out) {
        StringBuilder text = new StringBuilder();
        links.forEach(link -> text.append("- [")
                .append(plain(link.text()))
                .append("](")
                .append(link.from(out))
                .append(")\n"));
        return text.toString();
    }

    private static String facts(Map<String, String> rows) {
        StringBuilder text = new StringBuilder("| | |\n|---|---|\n");
        rows.forEach((name, value) -> text.append(format("| %s | %s |\n", cell(name), cell(value))));
        return text.toString();
    }

    private static String table(Block.Table table) {
        StringBuilder text = new StringBuilder("|");
        table.heads().forEach(head -> text.append(' ').append(cell(head)).append(" |"));
        text.append("\n|")
                .append("---|".repeat(table.labels()))
                .append("---:|".repeat(table.heads().size() - table.labels()))
                .append('\n');
        for (List<Block.Cell> row : table.rows()) {
            text.append('|');
            for (Block.Cell cell : row) {
                String mark = cell.mark() == Block.Mark.BEST ? "**" : "";
                text.append(' ')
                        .append(mark)
                        .append(cell(cell.text()))
                        .append(mark)
                        .append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String shares(Map<String, Map<String, Double>> attributes) {
        StringBuilder text = new StringBuilder();
        attributes.forEach((attribute, shares) -> {
            List<String> parts = new ArrayList<>();
            shares.forEach((value, share) -> parts.add(format("%s %.1f %%", plain(value), 100 * share)));
            text.append(format("- %s: %s\n", plain(attribute), String.join(", ", parts)));
        });
        return text.toString();
    }

    private static String cell(String text) {
        return plain(text).replace("|", "\\|");
    }

    /** Text that Markdown and the HTML in it take for nothing else. */
    private static String plain(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replaceAll("([\\\\`*_\\[\\]])", "\\\\$1");
    }

    /** The files beside a page. */
    private static final class Assets {
        private final Path folder;
        private int count;

        Assets(Path folder) {
            this.folder = folder;
        }

        String chart(LineChart chart) throws IOException {
            String svg = chart.svg().replaceFirst(">", "><style>" + Html.STYLE + "</style>");
            return image(write("svg", svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)), chart.title()) + "\n\n";
        }

        String picture(Block.Picture picture) throws IOException {
            return image(picture) + "\n\n" + plain(picture.caption()) + "\n\n";
        }

        String image(Block.Picture picture) throws IOException {
            return image(write("png", Files.readAllBytes(picture.file())), picture.caption());
        }

        private Path write(String kind, byte[] bytes) throws IOException {
            Files.createDirectories(folder);
            Path file = folder.resolve(format("%03d.%s", ++count, kind));
            AtomicFile.write(file, bytes);
            return file;
        }

        private String image(Path file, String caption) {
            String path = folder.getFileName() + "/" + file.getFileName();
            return "![" + plain(caption) + "](" + path.replace(" ", "%20") + ")";
        }
    }
}
