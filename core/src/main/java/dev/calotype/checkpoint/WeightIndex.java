package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code *.index.json} of weights that lie in several files, as transformers and diffusers write them: which tensor is
 * in which of the files beside it.
 *
 * @param path the file itself
 * @param files the file of each tensor
 */
record WeightIndex(Path path, Map<String, Path> files) {
    private static final long MAX_BYTES = 1 << 26;
    private static final String MAP = "weight_map";

    /** Whether a file is JSON rather than a safetensors file, whose first eight bytes are a number and hold zeros. */
    static boolean is(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < 8) return false;
            byte[] start = NativeBytes.read(channel, 0, 8).array();
            for (byte b : start) if (b == 0) return false;
            return start[0] == '{';
        }
    }

    /**
     * Reads an index.
     *
     * @throws IOException if it is none, or names a file that is not there or not beside it
     */
    static WeightIndex read(Path path) throws IOException {
        JsonNode map = JsonFile.read(Checkpoint.JSON, path, MAX_BYTES).get(MAP);
        if (map == null || !map.isObject() || map.isEmpty())
            throw new IOException(
                    path + " is JSON without a " + MAP + ": neither weights nor the index of weights in several files");
        Map<String, Path> files = new LinkedHashMap<>();
        for (var e : map.properties()) {
            String name = e.getValue().asText();
            if (!e.getValue().isTextual() || name.isEmpty() || name.contains("/") || name.contains("\\"))
                throw new IOException(path + " must name files beside it: " + Quoted.name(name));
            Path file = path.resolveSibling(name);
            if (!Files.isRegularFile(file))
                throw new IOException(path + " names " + Quoted.name(name) + ", which is not there: fetch it too");
            files.put(e.getKey(), file);
        }
        return new WeightIndex(path, files);
    }

    /** The files, each once. */
    List<Path> parts() {
        return List.copyOf(new LinkedHashSet<>(files.values()));
    }

    /** The tensors of all files. */
    Map<String, StoredTensor> tensors() throws IOException {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Path part : parts())
            for (var e : WeightFile.stored(part).entrySet())
                if (tensors.put(e.getKey(), e.getValue()) != null)
                    throw new IOException(
                            path + ": the tensor " + Quoted.name(e.getKey()) + " lies in two of its files");
        Set<String> missing = new LinkedHashSet<>(files.keySet());
        missing.removeAll(tensors.keySet());
        if (!missing.isEmpty()) {
            String first = missing.iterator().next();
            throw new IOException(
                    files.get(first) + " lacks the tensor " + Quoted.name(first) + " that " + path + " says it has");
        }
        return tensors;
    }
}
