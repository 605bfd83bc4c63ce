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
import java.util.concurrent.CompletableFuture;
import org.bytedeco.pytorch.Tensor;

/**
 * Named tensors and texts, as a file in the <a href="https://github.com/huggingface/safetensors">safetensors</a> format holds them.
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
        write(file, tensors, metadata, CompletableFuture.completedFuture(metadata));
    }

    /**
     * Like {@link #write(Path, Map, Map)}, with texts that are still being made while the tensors go to the disk.
     *
     * @param outline texts that take as many bytes as those that {@code metadata} will hold
     */
    static void write(
            Path file,
            Map<String, Tensor> tensors,
            Map<String, String> outline,
            CompletableFuture<Map<String, String>> metadata)
            throws IOException {
        SafeTensorsHeader header = SafeTensorsHeader.of(tensors, outline);
        int length = header.json().length;
        AtomicFile.write(file, channel -> {
            channel.position(8 + length);
            for (String name : header.entries().keySet())
                NativeBytes.forEach(tensors.get(name), piece -> AtomicFile.writeAll(channel, piece));
            if (!metadata.isDone()) channel.force(false);
            byte[] json = SafeTensorsHeader.of(tensors, metadata.join()).json();
            if (json.length != length)
                throw new IllegalStateException("the header has " + json.length + " bytes instead of " + length);
            ByteBuffer start = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.writeAll(
                    channel.position(0), start.putLong(length).put(json).flip());
        });
    }
}
