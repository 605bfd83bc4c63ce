package dev.calotype.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.calotype.io.Quoted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses the header of an untrusted safetensors file, token by token, in memory bounded by its length. */
final class HeaderReader {
    private static final int MAX_RANK = 64;

    private final JsonParser json;
    private final Map<String, SafeTensorsHeader.Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private HeaderReader(JsonParser json) {
        this.json = json;
    }

    /** The header in {@code bytes} of a file with {@code dataBytes} bytes after it. */
    static SafeTensorsHeader read(byte[] bytes, long dataBytes) throws IOException {
        var text = new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = SafeTensorsHeader.JSON.createParser(text)) {
            HeaderReader reader = new HeaderReader(parser);
            reader.readAll();
            return new SafeTensorsHeader(tiled(reader.entries, dataBytes), reader.metadata);
        } catch (JsonProcessingException e) {
            throw new IOException("the header is not the JSON of safetensors: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw new IOException("the header is not UTF-8", e);
        }
    }

    private void readAll() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) throw new IOException("the header is not a JSON object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (json.nextToken() != JsonToken.START_OBJECT)
                throw new IOException(Quoted.name(name) + " must be a JSON object");
            if (name.equals("__metadata__")) readMetadata();
            else if (entries.size() == SafeTensorsHeader.MAX_TENSORS)
                throw new IOException("more than " + SafeTensorsHeader.MAX_TENSORS + " tensors");
            else entries.put(name, readEntry(name));
        }
        if (json.nextToken() != null) throw new IOException("something follows the header's JSON object");
    }

    private void readMetadata() throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING)
                throw new IOException("metadata " + Quoted.name(key) + " must be a text");
            if (metadata.size() == SafeTensorsHeader.MAX_TENSORS)
                throw new IOException("more than " + SafeTensorsHeader.MAX_TENSORS + " metadata texts");
            metadata.put(key, json.getText());
        }
    }

    private SafeTensorsHeader.Entry readEntry(String name) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> dtype = readText(name, key);
                case "shape" -> shape = readLongs(name, key);
                case "data_offsets" -> offsets = readLongs(name, key);
                default ->
                    throw new IOException("tensor " + Quoted.name(name) + " has an unknown key " + Quoted.name(key));
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2)
            throw new IOException("tensor " + Quoted.name(name) + " must have dtype, shape and two data_offsets");
        String typeName = dtype;
        ElementType type = ElementType.named(typeName)
                .orElseThrow(
                        () -> new IOException("tensor " + Quoted.name(name) + " has the dtype " + Quoted.name(typeName)
                                + ", which is not known here; known are " + List.of(ElementType.values())));
        try {
            return new SafeTensorsHeader.Entry(type, shape, offsets.get(0), offsets.get(1));
        } catch (IllegalArgumentException e) {
            throw new IOException("tensor " + Quoted.name(name) + ": " + e.getMessage(), e);
        }
    }

    private String readText(String name, String key) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING)
            throw new IOException(key + " of " + Quoted.name(name) + " must be a text");
        return json.getText();
    }

    private List<Long> readLongs(String name, String key) throws IOException {
        List<Long> values = new ArrayList<>();
        if (json.currentToken() != JsonToken.START_ARRAY)
            throw new IOException(key + " of " + Quoted.name(name) + " must be a list of numbers");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER)
                throw new IOException(key + " of " + Quoted.name(name) + " must be 64-bit integers");
            if (values.size() == MAX_RANK)
                throw new IOException(key + " of " + Quoted.name(name) + " has more than " + MAX_RANK + " numbers");
            values.add(json.getLongValue());
        }
        return values;
    }

    /** The entries in the order of their data, which must cover the file without holes or overlaps. */
    private static Map<String, SafeTensorsHeader.Entry> tiled(
            Map<String, SafeTensorsHeader.Entry> entries, long dataBytes) throws IOException {
        List<Map.Entry<String, SafeTensorsHeader.Entry>> order = new ArrayList<>(entries.entrySet());
        order.sort(Comparator.comparingLong((Map.Entry<String, SafeTensorsHeader.Entry> e) ->
                        e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        Map<String, SafeTensorsHeader.Entry> sorted = new LinkedHashMap<>();
        long end = 0;
        for (var e : order) {
            if (e.getValue().begin() != end)
                throw new IOException("tensor " + Quoted.name(e.getKey()) + " begins at byte "
                        + e.getValue().begin() + (e.getValue().begin() < end ? " inside" : " after a hole behind")
                        + " the tensor that ends at byte " + end);
            end = e.getValue().end();
            sorted.put(e.getKey(), e.getValue());
        }
        if (end != dataBytes)
            throw new IOException("the tensors have " + end + " bytes, but the file holds " + dataBytes
                    + (end > dataBytes ? ": it is cut off" : ""));
        return sorted;
    }
}
