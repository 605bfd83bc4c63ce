package dev.calotype.report;

import java.nio.file.Path;
import java.util.Locale;

/** What kind of file a report is. */
public enum ReportFormat {
    /** One file that needs nothing else, for screens and for paper. */
    HTML,
    /** A page for a repository, with a folder of pictures beside it. */
    MD;

    /**
     * That which the end of a name asks for.
     *
     * @throws IllegalArgumentException if it ends in none
     */
    public static ReportFormat of(Path out) {
        String name = out.toString().toLowerCase(Locale.ROOT);
        for (ReportFormat format : values()) if (name.endsWith("." + format)) return format;
        throw new IllegalArgumentException("a report is written to .html or .md: " + out);
    }

    Writer writer() {
        return this == HTML ? new Html() : new Markdown();
    }

    /** The end of its files' names. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
