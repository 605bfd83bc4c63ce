package dev.calotype.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

/** Pieces of a page that is one file. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A PNG inside the page, or nothing where the file is absent. */
    static String image(Path file, String alt) throws IOException {
        if (!Files.exists(file)) return "";
        String data = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        return "<figure><img alt=\"" + escape(alt) + "\" src=\"data:image/png;base64," + data + "\"><figcaption>"
                + escape(alt) + "</figcaption></figure>\n";
    }

    /** A table of two columns. */
    static String table(Map<String, String> rows) {
        StringBuilder table = new StringBuilder("<table>\n");
        rows.forEach((name, value) -> table.append("<tr><th>")
                .append(escape(name))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n"));
        return table.append("</table>\n").toString();
    }
}
