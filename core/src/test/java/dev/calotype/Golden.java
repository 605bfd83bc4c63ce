package dev.calotype;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.bytedeco.pytorch.Tensor;

/** Golden numbers in the test resources: a safetensors file read without the code under test, and JSON. */
public final class Golden {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final JsonNode header;
    private final ByteBuffer data;

    private Golden(byte[] file) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) buffer.getLong();
        header = new ObjectMapper().readTree(file, 8, length);
        data = buffer.position(8 + length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    public static Golden read(String resource) {
        try {
            return new Golden(bytes(resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON as Python writes it, where numbers may be infinite. */
    public static JsonNode json(String resource) {
        try {
            return JSON.readTree(bytes(resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The keys of an object, in order. */
    public static List<String> names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    public static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    public static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    /** A text of the file's metadata, parsed as JSON. */
    public JsonNode metadata(String key) {
        try {
            return new ObjectMapper()
                    .readTree(header.at("/__metadata__").path(key).asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean has(String name) {
        return header.has(name);
    }

    public long[] shape(String name) {
        return StreamSupport.stream(entry(name).get("shape").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }

    public float[] floats(String name) {
        ByteBuffer slice = slice(name, "F32");
        float[] values = new float[slice.remaining() / 4];
        slice.asFloatBuffer().get(values);
        return values;
    }

    public long[] longs(String name) {
        ByteBuffer slice = slice(name, "I64");
        long[] values = new long[slice.remaining() / 8];
        slice.asLongBuffer().get(values);
        return values;
    }

    /** An F32 entry in the current scope. */
    public Tensor tensor(String name) {
        return Tensors.of(floats(name), shape(name));
    }

    private ByteBuffer slice(String name, String type) {
        JsonNode entry = entry(name);
        if (!entry.get("dtype").asText().equals(type)) throw new IllegalArgumentException(name + " is " + entry);
        int start = entry.get("data_offsets").get(0).asInt();
        int end = entry.get("data_offsets").get(1).asInt();
        return data.slice(start, end - start).order(ByteOrder.LITTLE_ENDIAN);
    }

    private JsonNode entry(String name) {
        if (!header.has(name)) throw new IllegalArgumentException("no golden numbers named " + name);
        return header.get(name);
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = Golden.class.getResourceAsStream("/" + resource)) {
            if (in == null) throw new IOException("no test resource " + resource);
            return in.readAllBytes();
        }
    }
}
