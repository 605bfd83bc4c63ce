package dev.calotype.report;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A piece of a {@link Document}, which every {@link Writer} knows how to write. */
sealed interface Block {
    /** A heading; level 2 begins a section. */
    record Heading(int level, String text) implements Block {}

    record Paragraph(String text) implements Block {}

    /** A sentence of caution. */
    record Note(String text) implements Block {}

    /** Places of other reports and folders. */
    record Links(List<Link> links) implements Block {}

    /** The place of a file or folder beside or below the report. */
    record Link(String text, Path target) {
        /** The way from the folder of {@code out} to it, as a reference of a page. */
        String from(Path out) {
            Path folder = out.toAbsolutePath().normalize().getParent();
            Path place = target.toAbsolutePath().normalize();
            if (!Objects.equals(folder.getRoot(), place.getRoot()))
                return place.toUri().toString();
            String way = folder.relativize(place).toString().replace('\\', '/');
            return Stream.of(way.split("/"))
                    .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                    .collect(Collectors.joining("/"));
        }
    }

    /** Text as it is. */
    record Code(String text) implements Block {}

    /** Names and values. */
    record Facts(Map<String, String> rows) implements Block {}

    /**
     * A table to compare by.
     *
     * @param labels how many columns, from the left, name a row rather than measure it
     */
    record Table(List<String> heads, int labels, List<List<Cell>> rows) implements Block {}

    /** A cell of a table; the best of its column is marked. */
    record Cell(String text, Mark mark) {
        static Cell of(String text) {
            return new Cell(text, Mark.NONE);
        }
    }

    /** How a cell stands out. */
    enum Mark {
        NONE,
        BEST
    }

    /** Pictures side by side, as many as fit. */
    record Pictures(List<Picture> pictures, Size size) implements Block {}

    /** How large pictures are shown. */
    enum Size {
        LARGE,
        SMALL
    }

    /** A PNG file. */
    record Picture(Path file, String caption) {}

    /** Curves side by side, as many as fit. */
    record Charts(List<LineChart> charts) implements Block {}

    /** Shares of values, by attribute. */
    record Shares(Map<String, Map<String, Double>> attributes) implements Block {}
}
