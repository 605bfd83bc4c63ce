package dev.calotype.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.label.FieldNames;
import dev.calotype.data.parquet.ParquetColumn;
import dev.calotype.data.parquet.ParquetColumn.Kind;
import dev.calotype.data.parquet.ParquetFile;
import dev.calotype.data.store.LeftOut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which columns of a Parquet table are the picture, the label and the caption. What the {@code datasets} library of Hugging Face
 * left in the file counts first (features {@code Image} and {@code ClassLabel}), then the form (a group of {@code bytes} and {@code
 * path}), then the name.
 *
 * @param picture bytes of a picture file
 * @param path what the picture was called, or null
 * @param label or null
 * @param caption or null
 * @param classes the names behind the numbers of {@code label}, or an empty list
 */
record TableColumns(
        ParquetColumn picture, ParquetColumn path, ParquetColumn label, ParquetColumn caption, List<String> classes) {
    private static final List<String> PICTURES = List.of(
            "image",
            "img",
            "picture",
            "photo",
            "jpg",
            "jpeg",
            "png",
            "webp",
            "image_bytes",
            "bytes",
            "data",
            "content");
    private static final String METADATA = "huggingface";

    static TableColumns of(ParquetFile file) throws IOException {
        JsonNode features = features(file);
        List<ParquetColumn> flat =
                file.columns().stream().filter(ParquetColumn::isFlat).toList();
        ParquetColumn picture = picture(file, flat, features);
        String group = picture.path().get(0);
        ParquetColumn path = flat.stream()
                .filter(c -> c.path().equals(List.of(group, "path")) && c.kind() == Kind.TEXT)
                .findFirst()
                .orElse(null);
        List<ParquetColumn> single =
                flat.stream().filter(c -> c.path().size() == 1 && c != picture).toList();
        ParquetColumn label = label(single, features);
        ParquetColumn caption = named(single, FieldNames.TEXTS, c -> c.kind() == Kind.TEXT && c != label);
        List<String> classes = new ArrayList<>();
        if (label != null) features.path(label.name()).path("names").forEach(name -> classes.add(name.asText()));
        return new TableColumns(picture, path, label, caption, List.copyOf(classes));
    }

    private static JsonNode features(ParquetFile file) {
        try {
            return new ObjectMapper()
                    .readTree(file.metadata().getOrDefault(METADATA, "{}"))
                    .path("info")
                    .path("features");
        } catch (JsonProcessingException e) {
            return new ObjectMapper().createObjectNode(); // columns are found by their form
        }
    }

    private static ParquetColumn picture(ParquetFile file, List<ParquetColumn> flat, JsonNode features)
            throws IOException {
        List<ParquetColumn> bytes =
                flat.stream().filter(c -> c.kind() == Kind.BYTES).toList();
        for (Predicate<ParquetColumn> rule : List.<Predicate<ParquetColumn>>of(
                c -> features.path(c.path().get(0)).path("_type").asText().equals("Image"),
                c -> c.path().size() == 2 && c.path().get(1).equals("bytes"),
                c -> c.path().size() == 1)) {
            List<ParquetColumn> found = bytes.stream().filter(rule).toList();
            ParquetColumn named = named(found, PICTURES, c -> true);
            if (named != null) return named;
            if (found.size() == 1) return found.get(0);
            if (found.size() > 1)
                throw new IOException(
                        file.path() + " has several columns that may be pictures, call the one to learn from image: "
                                + names(found));
        }
        throw new IOException(
                file.path() + " has no column of pictures, which are bytes or a group of bytes and path; it has "
                        + names(file.columns()));
    }

    private static ParquetColumn label(List<ParquetColumn> single, JsonNode features) {
        List<ParquetColumn> classes = single.stream()
                .filter(c -> features.path(c.name()).path("_type").asText().equals("ClassLabel"))
                .toList();
        ParquetColumn named = named(classes, FieldNames.LABELS, c -> true);
        if (named != null) return named;
        if (!classes.isEmpty()) return classes.get(0);
        return named(
                single,
                FieldNames.LABELS,
                c -> c.kind() == Kind.WHOLE_NUMBER || c.kind() == Kind.TEXT || c.kind() == Kind.TRUTH);
    }

    private static ParquetColumn named(List<ParquetColumn> columns, List<String> names, Predicate<ParquetColumn> rule) {
        for (String name : names)
            for (ParquetColumn column : columns)
                if (column.path().get(0).toLowerCase(Locale.ROOT).equals(name) && rule.test(column)) return column;
        return null;
    }

    private static String names(List<ParquetColumn> columns) {
        return columns.stream().limit(20).map(ParquetColumn::name).collect(Collectors.joining(", "));
    }

    /** Counts the columns that no sample is made of. */
    void countOthers(ParquetFile file, LeftOut leftOut) {
        for (ParquetColumn column : file.columns()) {
            boolean used =
                    column.equals(picture) || column.equals(path) || column.equals(label) || column.equals(caption);
            if (!used)
                leftOut.add(
                        "columns of the table that are neither the picture, its label nor its caption", column.name());
        }
    }
}
