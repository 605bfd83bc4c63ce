package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** One HTML file with everything inside: no network, no script. */
final class Html implements Writer {
    /** Classes of curves, for light, dark and paper. */
    static final String STYLE = resource("report.css");

    @Override
    public void write(Document document, Path out) throws IOException {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n"
                + "<link rel=\"icon\" href=\"data:,\">\n<title>" + escape(document.title()) + "</title>\n<style>\n"
                + STYLE
                + "</style></head>\n<body><main>\n<h1>" + escape(document.title()) + "</h1>\n");
        for (Block block : document.blocks()) page.append(html(block, out)).append('\n');
        AtomicFile.write(out, page.append("</main></body></html>\n").toString());
    }

    private static String html(Block block, Path out) throws IOException {
        if (block instanceof Block.Heading h) return format("<h%d>%s</h%d>", h.level(), escape(h.text()), h.level());
        if (block instanceof Block.Paragraph p) return "<p>" + escape(p.text()) + "</p>";
        if (block instanceof Block.Note n) return "<p class=\"note\">" + escape(n.text()) + "</p>";
        if (block instanceof Block.Code c) return "<pre>" + escape(c.text()) + "</pre>";
        if (block instanceof Block.Facts f) return facts(f.rows());
        if (block instanceof Block.Links l) return links(l.links(), out);
        if (block instanceof Block.Table t) return table(t);
        if (block instanceof Block.Charts c) return charts(c.charts());
        if (block instanceof Block.Shares s) return shares(s.attributes());
        return pictures((Block.Pictures) block);
    }

    private static String links(List<Block.Link> links, Path out) {
        StringBuilder html = new StringBuilder("<ul>\n");
        links.forEach(link -> html.append("<li><a href=\"")
                .append(escape(link.from(out)))
                .append("\">")
                .append(escape(link.text()))
                .append("</a></li>\n"));
        return html.append("</ul>").toString();
    }

    private static String facts(Map<String, String> rows) {
        StringBuilder html = new StringBuilder("<table class=\"facts\">\n");
        rows.forEach((name, value) -> html.append("<tr><th scope=\"row\">")
                .append(escape(name))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n"));
        return html.append("</table>").toString();
    }

    /** Wide tables scroll within themselves, so that the page does not. */
    private static String table(Block.Table table) {
        StringBuilder html = new StringBuilder(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table>\n<thead><tr>");
        for (int i = 0; i < table.heads().size(); i++)
            html.append(i < table.labels() ? "<th class=\"label\">" : "<th>")
                    .append(escape(table.heads().get(i)))
                    .append("</th>");
        html.append("</tr></thead>\n<tbody>\n");
        for (List<Block.Cell> row : table.rows()) {
            html.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                Block.Cell cell = row.get(i);
                String classes = i < table.labels() ? "label" : cell.mark() == Block.Mark.BEST ? "best" : "";
                html.append(classes.isEmpty() ? "<td>" : "<td class=\"" + classes + "\">")
                        .append(escape(cell.text()))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String charts(List<LineChart> charts) {
        StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
        charts.forEach(chart -> html.append(chart.svg()).append('\n'));
        return html.append("</div>").toString();
    }

    private static String shares(Map<String, Map<String, Double>> attributes) {
        StringBuilder html = new StringBuilder("<div class=\"bars\">\n");
        attributes.forEach((attribute, shares) -> {
            html.append("<div><b>").append(escape(attribute)).append("</b>\n");
            shares.forEach((value, share) -> html.append(format(
                    "<div><span class=\"bar\" style=\"width:%.2frem\"></span> %s %.1f %%</div>\n",
                    7 * Math.min(1, share), escape(value), 100 * share)));
            html.append("</div>\n");
        });
        return html.append("</div>").toString();
    }

    private static String pictures(Block.Pictures pictures) throws IOException {
        StringBuilder html = new StringBuilder(
                pictures.size() == Block.Size.SMALL ? "<div class=\"small\">\n" : "<div class=\"large\">\n");
        for (Block.Picture picture : pictures.pictures()) {
            String data = Base64.getEncoder().encodeToString(Files.readAllBytes(picture.file()));
            html.append("<figure><img alt=\"")
                    .append(escape(picture.caption()))
                    .append("\" src=\"data:image/png;base64,")
                    .append(data)
                    .append("\"><figcaption>")
                    .append(escape(picture.caption()))
                    .append("</figcaption></figure>\n");
        }
        return html.append("</div>").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String resource(String name) {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + name + " is damaged", e);
        }
    }
}
