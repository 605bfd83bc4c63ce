package dev.calotype.checkpoint;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Named tensors and texts, as a file in the <a href="https://github.com/huggingface/safetensors">safetensors</a>
 * format holds them.
 *
 * @param tensors by name, on the CPU, owned by the scope of who read them
 * @param metadata texts by name
 */
public record SafeTensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
    public SafeTensors {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /**
     * Reads a whole file into the caller's scope.
     *
     * @throws IOException if the file cannot be read or breaks a rule of the format: a header longer than 100 MB or
     *     than the file, a duplicate name, a tensor outside the file, a hole or an overlap between tensors
     */
    public static SafeTensors read(Path file) throws IOException {
        try (SafeTensorsFile open = open(file)) {
            return new SafeTensors(open.tensors(), open.header().metadata());
        }
    }

    /** Opens a file and reads its header only; the tensors follow when they are asked for. */
    public static SafeTensorsFile open(Path file) throws IOException {
        return new SafeTensorsFile(file);
    }

    /**
     * Writes a file that appears under its name complete or not at all. The same tensors and texts give the same bytes.
     *
     * @throws IOException if the file cannot be written; an older file of that name is then untouched
     * @throws IllegalArgumentException if an element type cannot be stored (complex, quantized)
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        SafeTensorsHeader header = SafeTensorsHeader.of(tensors, metadata);
        byte[] json = header.json();
        AtomicFile.write(file, channel -> {
            ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.writeAll(channel, start.putLong(json.length).put(json).flip());
            for (String name : header.entries().keySet())
                NativeBytes.forEach(tensors.get(name), piece -> AtomicFile.writeAll(channel, piece));
        });
    }
}
