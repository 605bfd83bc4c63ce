package dev.calotype.data.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.store.ListNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The rows of a list of pictures: JSON lines, a table, or Flickr8k's own form. */
interface PictureRows {
    /**
     * What is said of one picture.
     *
     * @param file its name or the beginning of it
     * @param caption or the empty string
     * @param label or the empty string
     */
    record Row(String file, String caption, String label) {}

    /** The next row, or null at the end. */
    Row next() throws IOException;

    /** Where labels are found, {@code column breed}, or the empty string. */
    default String labels() {
        return "";
    }

    /** Whether nothing but their place says that the labels are labels. */
    default boolean areLabelsGuessed() {
        return false;
    }

    /**
     * The rows of a list.
     *
     * @param names whether a picture is called so: it decides which of several columns names them
     * @return null if nothing in the list names files
     */
    static PictureRows of(String baseName, String text, Predicate<String> names) throws IOException {
        String name = baseName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) return JsonRows.of(text);
        return name.endsWith(".token.txt") ? tokens(text) : TableRows.of(name, text, names);
    }

    /** Flickr8k's own: {@code name.jpg#0<TAB>caption}. */
    private static PictureRows tokens(String text) {
        Iterator<String> lines = text.lines().iterator();
        return () -> {
            while (lines.hasNext()) {
                String line = lines.next();
                int tab = line.indexOf('\t');
                int hash = line.lastIndexOf('#', tab);
                if (hash > 0)
                    return new Row(
                            line.substring(0, hash), line.substring(tab + 1).strip(), "");
            }
            return null;
        };
    }

    /** One JSON object per line. */
    final class JsonRows implements PictureRows {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final Iterator<String> lines;
        private int line;
        private boolean labelled;

        private JsonRows(Iterator<String> lines) {
            this.lines = lines;
        }

        private static PictureRows of(String text) throws IOException {
            JsonNode first = new JsonRows(text.lines().iterator()).node();
            return first != null && file(first) == null
                    ? null
                    : new JsonRows(text.lines().iterator());
        }

        @Override
        public Row next() throws IOException {
            JsonNode node = node();
            if (node == null) return null;
            String file = file(node);
            if (file == null) throw new IOException("line " + line + " has none of the fields " + FieldNames.FILES);
            String label = label(node);
            labelled |= !label.isEmpty();
            return new Row(file, caption(node), label);
        }

        @Override
        public String labels() {
            return labelled ? "label" : "";
        }

        private JsonNode node() throws IOException {
            while (lines.hasNext()) {
                String next = lines.next();
                line++;
                if (next.isBlank()) continue;
                try {
                    return JSON.readTree(next);
                } catch (JsonProcessingException e) {
                    throw new IOException("line " + line + " is not JSON: " + e.getOriginalMessage(), e);
                }
            }
            return null;
        }

        private static String file(JsonNode node) {
            for (String field : FieldNames.FILES)
                if (node.path(field).isTextual()) return node.path(field).textValue();
            return null;
        }

        /** The caption in an object, or the empty string. */
        static String caption(JsonNode node) {
            for (String field : FieldNames.TEXTS) {
                JsonNode value = node.path(field);
                if (value.isArray()) value = value.path(0);
                if (value.isTextual()) return value.textValue().strip();
            }
            return "";
        }

        private static String label(JsonNode node) {
            for (String field : FieldNames.LABELS) {
                JsonNode value = node.path(field);
                if (value.isTextual() || value.isIntegralNumber() || value.isBoolean())
                    return value.asText().strip();
            }
            return "";
        }
    }

    /** A table whose first line names the columns. */
    final class TableRows implements PictureRows {
        private static final int PROBED = 100;

        private final Csv csv;
        private final List<String> header;
        private final int file;
        private final int caption;
        private final int label;

        private TableRows(Csv csv, List<String> header, int file, int caption, int label) {
            this.csv = csv;
            this.header = header;
            this.file = file;
            this.caption = caption;
            this.label = label;
        }

        private static PictureRows of(String name, String text, Predicate<String> names) throws IOException {
            List<String> header = header(new Csv(text));
            int file = fileColumn(header, text, names);
            if (file < 0) return null;
            int caption = column(header, FieldNames.TEXTS, file);
            int label = column(header, FieldNames.LABELS, file);
            boolean pair = header.size() == 2 && caption < 0 && label < 0 && ListNames.isOfLabels(name);
            if (pair) label = 1 - file;
            if (caption < 0 && label < 0) return null;
            Csv csv = new Csv(text);
            csv.next();
            return new TableRows(csv, header, file, caption, label);
        }

        @Override
        public Row next() throws IOException {
            int line = csv.line();
            List<String> row = csv.next();
            if (row == null) return null;
            if (row.size() <= Math.max(file, Math.max(caption, label)))
                throw new IOException("line " + line + " has " + row.size() + " fields instead of " + header.size());
            return new Row(field(row, file), field(row, caption), field(row, label));
        }

        @Override
        public String labels() {
            return label < 0 ? "" : "column " + header.get(label);
        }

        @Override
        public boolean areLabelsGuessed() {
            return label >= 0 && !FieldNames.LABELS.contains(header.get(label).toLowerCase(Locale.ROOT));
        }

        private static String field(List<String> row, int column) {
            return column < 0 ? "" : row.get(column).strip();
        }

        private static List<String> header(Csv csv) throws IOException {
            List<String> header = new ArrayList<>();
            List<String> first = csv.next();
            if (first != null) for (String field : first) header.add(field.strip());
            return header;
        }

        /** Of the columns called like files the one whose first values name most pictures, or -1. */
        private static int fileColumn(List<String> header, String text, Predicate<String> names) throws IOException {
            List<Integer> called = FieldNames.FILES.stream()
                    .map(name -> column(header, List.of(name), -1))
                    .filter(c -> c >= 0)
                    .toList();
            if (called.size() < 2) return called.isEmpty() ? -1 : called.get(0);
            int[] hits = new int[header.size()];
            Csv csv = new Csv(text);
            csv.next();
            List<String> row;
            for (int i = 0; i < PROBED && (row = csv.next()) != null; i++)
                for (int c : called) if (c < row.size() && names.test(row.get(c).strip())) hits[c]++;
            int best = called.get(0);
            for (int c : called) if (hits[c] > hits[best]) best = c;
            return best;
        }

        private static int column(List<String> header, List<String> names, int not) {
            for (String name : names)
                for (int i = 0; i < header.size(); i++)
                    if (i != not && header.get(i).toLowerCase(Locale.ROOT).equals(name)) return i;
            return -1;
        }
    }
}
