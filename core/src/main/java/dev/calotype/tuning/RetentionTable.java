package dev.calotype.tuning;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured of a base and its fine-tuned models, as a table in Markdown. */
public record RetentionTable(List<Retained> rows) {
    private static final Map<String, ToDoubleFunction<Retained>> COLUMNS = columns();

    public RetentionTable {
        rows = List.copyOf(rows);
    }

    private static Map<String, ToDoubleFunction<Retained>> columns() {
        Map<String, ToDoubleFunction<Retained>> columns = new LinkedHashMap<>();
        columns.put("FID of what the base knew", Retained::fid);
        columns.put("blanket as asked", Retained::attribute);
        columns.put("CLIP score", Retained::clipScore);
        columns.put("identity", Retained::identity);
        columns.put("diversity", Retained::diversity);
        columns.put("copies", Retained::copies);
        columns.put("guest when asked", Retained::shown);
        columns.put("guest when not", Retained::imagined);
        columns.put("seconds", Retained::seconds);
        return columns;
    }

    /** The table. Columns in which nothing was measured are left out. */
    @Override
    public String toString() {
        List<String> titles = COLUMNS.keySet().stream()
                .filter(title -> rows.stream()
                        .anyMatch(row -> !Double.isNaN(COLUMNS.get(title).applyAsDouble(row))))
                .toList();
        StringBuilder text = new StringBuilder("| model | method | ")
                .append(String.join(" | ", titles))
                .append(" | bytes |\n|---|---|")
                .append("---|".repeat(titles.size() + 1));
        for (Retained row : rows) {
            text.append("\n| ").append(row.name()).append(" | ").append(row.method());
            for (String title : titles)
                text.append(" | ").append(said(title, COLUMNS.get(title).applyAsDouble(row)));
            text.append(" | ").append(row.bytes()).append(" |");
        }
        return text.toString();
    }

    private static String said(String title, double value) {
        if (Double.isNaN(value)) return "-";
        if (title.startsWith("FID") || title.startsWith("CLIP")) return String.format(Locale.ROOT, "%.2f", value);
        return String.format(Locale.ROOT, title.equals("seconds") ? "%.0f" : "%.3f", value);
    }
}
