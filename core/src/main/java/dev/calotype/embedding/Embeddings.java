package dev.calotype.embedding;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.data.numpy.ArrayContent;
import dev.calotype.data.numpy.NumpyFile;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The vectors of many things, with their names.
 *
 * @param names N, of pictures their paths, of texts the texts
 * @param values N rows of {@code length} values; not copied, do not change them
 * @param encoder {@link TextEncoder#fingerprint} of what made them
 */
public record Embeddings(List<String> names, float[] values, int length, String encoder) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TENSOR = "embeddings", NAMES = "names", ENCODER = "encoder";

    public Embeddings {
        names = List.copyOf(names);
        if (values.length != (long) names.size() * length)
            throw new IllegalArgumentException(
                    values.length + " values do not fill " + names.size() + " vectors of " + length);
    }

    /** Of the rows of {@code vectors}, fp32 (N, E). */
    public static Embeddings of(List<String> names, Tensor vectors, String encoder) {
        return new Embeddings(names, Tensors.floats(vectors), (int) vectors.size(1), encoder);
    }

    /** The rows as a tensor, fp32 (N, E) on the processor, in the caller's scope. */
    public Tensor vectors() {
        return Tensors.of(values, names.size(), length);
    }

    /** Something found, and how like what was looked for it is, in -1..1. */
    public record Found(String name, double likeness) {}

    /** The {@code most} things that are nearest to a vector of length 1, the nearest first. */
    public List<Found> nearest(float[] vector, int most) {
        double[] likeness = new double[names.size()];
        for (int i = 0; i < likeness.length; i++)
            for (int j = 0; j < length; j++) likeness[i] += (double) values[i * length + j] * vector[j];
        return IntStream.range(0, likeness.length)
                .boxed()
                .sorted((a, b) -> Double.compare(likeness[b], likeness[a]))
                .limit(most)
                .map(i -> new Found(names.get(i), likeness[i]))
                .toList();
    }

    /** Whether a file of this name can be written. */
    public static boolean isNamed(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".npy") || name.endsWith(".safetensors");
    }

    /**
     * Writes a {@code .safetensors} file, which keeps the names and what made the vectors, or an {@code .npy} file of the values
     * alone, float32 (N, E).
     *
     * @throws IllegalArgumentException if the name ends in neither
     */
    public void write(Path file) throws IOException {
        if (!isNamed(file)) throw new IllegalArgumentException("the file must end in .npy or .safetensors: " + file);
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
            NumpyFile.write(file, ArrayContent.of(values, names.size(), length));
            return;
        }
        Map<String, String> metadata = Map.of(NAMES, JSON.writeValueAsString(names), ENCODER, encoder);
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(file, Map.of(TENSOR, vectors()), metadata);
        }
    }

    /**
     * Reads a {@code .safetensors} file that {@link #write} has written.
     *
     * @param encoder whose vectors they are to be compared with
     * @throws IOException if it is no such file, or another encoder made it
     */
    public static Embeddings read(Path file, TextEncoder encoder) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file);
                PointerScope scope = new PointerScope()) {
            Map<String, String> metadata = open.header().metadata();
            if (!metadata.containsKey(NAMES) || !open.header().entries().containsKey(TENSOR))
                throw new IOException(file + " holds no embeddings with their names");
            if (!encoder.identity().isKnownAs(metadata.getOrDefault(ENCODER, "")))
                throw new IOException(file + " was made by another encoder, whose vectors do not compare: embed again");
            Tensor vectors = open.tensor(TENSOR);
            List<String> names = List.of(JSON.readValue(metadata.get(NAMES), String[].class));
            if (vectors.dim() != 2 || vectors.size(0) != names.size())
                throw new IOException(file + " is damaged: it has " + names.size() + " names for its vectors");
            return of(names, vectors, encoder.fingerprint());
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: its names are no JSON", e);
        }
    }
}
