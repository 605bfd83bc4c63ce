package dev.calotype.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.calotype.tensor.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * What a safetensors file says about itself: the type, shape and place of every tensor, and free text.
 *
 * @param entries by tensor name, in the order of the file's data
 * @param metadata texts by name
 */
public record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    /** The longest header that is read or written, in bytes. */
    static final int MAX_BYTES = 100_000_000;
    /** The largest number of tensors that is read or written. */
    static final int MAX_TENSORS = 1 << 17;

    static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(MAX_BYTES)
                    .build())
            .build();

    /**
     * One tensor of the file.
     *
     * @param type of its elements
     * @param shape its sizes, none for a scalar
     * @param begin first byte, counted from the end of the header
     * @param end one past the last byte
     */
    public record Entry(ElementType type, List<Long> shape, long begin, long end) {
        public Entry {
            shape = List.copyOf(shape);
            long bytes = Extent.bytes(type, longs(shape));
            if (begin < 0 || end < begin)
                throw new IllegalArgumentException("data_offsets must be 0 <= begin <= end: " + begin + ", " + end);
            if (end - begin != bytes)
                throw new IllegalArgumentException(type + " of shape " + shape + " has " + bytes
                        + " bytes, but data_offsets [" + begin + ", " + end + "] hold " + (end - begin));
        }

        /** The number of elements. */
        public long count() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
        }

        static long[] longs(List<Long> values) {
            return values.stream().mapToLong(Long::longValue).toArray();
        }
    }

    public SafeTensorsHeader {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /**
     * The header of a file that holds {@code tensors}: wide element types first (so that each tensor is aligned), then
     * by name, whatever the order of the map.
     */
    static SafeTensorsHeader of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        if (tensors.size() > MAX_TENSORS)
            throw new IllegalArgumentException("a file holds at most " + MAX_TENSORS + " tensors: " + tensors.size());
        if (tensors.containsKey("__metadata__"))
            throw new IllegalArgumentException("a tensor cannot be called __metadata__");
        List<Map.Entry<String, Tensor>> order = new ArrayList<>(tensors.entrySet());
        order.sort(Comparator.comparing((Map.Entry<String, Tensor> e) ->
                        ElementType.of(e.getValue()).bytes())
                .reversed()
                .thenComparing(Map.Entry::getKey));
        Map<String, Entry> entries = new LinkedHashMap<>();
        long begin = 0;
        for (var e : order) {
            ElementType type = ElementType.of(e.getValue());
            long end = begin + e.getValue().numel() * type.bytes();
            List<Long> shape = new ArrayList<>();
            for (long size : Tensors.shape(e.getValue())) shape.add(size);
            entries.put(e.getKey(), new Entry(type, shape, begin, end));
            begin = end;
        }
        return new SafeTensorsHeader(entries, metadata);
    }

    /** The number of bytes of all tensors. */
    public long dataBytes() {
        return entries.values().stream().mapToLong(e -> e.end() - e.begin()).sum();
    }

    /** JSON, padded with spaces to a multiple of eight bytes. */
    byte[] json() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (var e : metadata.entrySet()) json.writeStringField(e.getKey(), e.getValue());
                json.writeEndObject();
            }
            for (var e : entries.entrySet()) {
                json.writeObjectFieldStart(e.getKey());
                json.writeStringField("dtype", e.getValue().type().name());
                json.writeFieldName("shape");
                json.writeArray(
                        Entry.longs(e.getValue().shape()),
                        0,
                        e.getValue().shape().size());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {e.getValue().begin(), e.getValue().end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % 8 != 0) bytes.write(' ');
        if (bytes.size() > MAX_BYTES)
            throw new IOException("the header would have " + bytes.size() + " bytes, at most " + MAX_BYTES);
        return bytes.toByteArray();
    }
}
