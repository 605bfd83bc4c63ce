package dev.calotype.data.label;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The labels in StyleGAN2-ADA's {@code dataset.json}: {@code {"labels": [["00000/img00000000.png", 3], ...]}}, an object
 * of names and numbers instead of the pairs, or null if there are none.
 *
 * @see <a href="https://github.com/NVlabs/stylegan2-ada-pytorch">dataset_tool.py, Karras et al. 2020</a>
 */
final class StyleGanLabels {
    /** Stands for a file that says that its pictures have no labels. */
    static final PictureRows NO_LABELS = () -> null;

    private static final JsonFactory JSON = new JsonFactory();

    private StyleGanLabels() {}

    /** The rows of the file, {@link #NO_LABELS}, or null if it is another kind of file of this name. */
    static PictureRows of(byte[] content) throws IOException {
        Deque<PictureRows.Row> rows = new ArrayDeque<>();
        try (JsonParser json = JSON.createParser(content)) {
            if (json.nextToken() != JsonToken.START_OBJECT) return null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean labels = json.currentName().equals("labels");
                JsonToken value = json.nextToken();
                if (!labels) json.skipChildren();
                else if (value == JsonToken.VALUE_NULL) return NO_LABELS;
                else if (!read(json, value, rows)) return null;
            }
        }
        return rows.isEmpty() ? null : rows::poll;
    }

    private static boolean read(JsonParser json, JsonToken start, Deque<PictureRows.Row> rows) throws IOException {
        if (start == JsonToken.START_ARRAY) {
            while (json.nextToken() == JsonToken.START_ARRAY) {
                if (json.nextToken() != JsonToken.VALUE_STRING || !addRow(json, json.getText(), rows)) return false;
                if (json.nextToken() != JsonToken.END_ARRAY) return false;
            }
            return json.currentToken() == JsonToken.END_ARRAY;
        }
        if (start != JsonToken.START_OBJECT) return false;
        while (json.nextToken() == JsonToken.FIELD_NAME) if (!addRow(json, json.currentName(), rows)) return false;
        return json.currentToken() == JsonToken.END_OBJECT;
    }

    /** Takes a class by its number or name; a vector, which StyleGAN takes too, is no class. */
    private static boolean addRow(JsonParser json, String file, Deque<PictureRows.Row> rows) throws IOException {
        JsonToken label = json.nextToken();
        if (label != JsonToken.VALUE_NUMBER_INT && label != JsonToken.VALUE_STRING) return false;
        rows.add(new PictureRows.Row(file, "", json.getText()));
        return true;
    }
}
