package dev.calotype.io;

import java.util.List;
import java.util.stream.Collectors;

/** Writes comma-separated values as RFC 4180 has them, with line feeds. */
public final class CsvText {
    private CsvText() {}

    /** A line for each row; fields with commas, quotes or line ends are in quotes. */
    public static String of(List<List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream().map(CsvText::field).collect(Collectors.joining(",")) + "\n")
                .collect(Collectors.joining());
    }

    private static String field(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
