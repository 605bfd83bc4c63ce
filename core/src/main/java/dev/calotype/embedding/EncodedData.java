package dev.calotype.embedding;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;

/**
 * The pictures of a data set, encoded, with what is said of them.
 *
 * @param samples what was encoded, without the pictures
 * @param pictures their vectors
 * @param leftOut samples that were not wanted
 * @param unreadable samples whose picture could not be read
 */
public record EncodedData(List<Sample> samples, Embeddings pictures, int leftOut, List<String> unreadable) {
    private static final int PART = 64;

    /**
     * Encodes the first pictures of a data set.
     *
     * @param most pictures that are read at most
     * @param wanted which of them are encoded
     * @throws IOException if none is left
     */
    public static EncodedData of(
            Encoder encoder, ImageDataset data, long most, Predicate<Sample> wanted, Progress progress)
            throws IOException {
        long count = Math.min(most, data.size());
        List<Sample> samples = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        List<Picture> pending = new ArrayList<>();
        int leftOut = 0;
        for (long i = 0; i < count; i++) {
            Sample sample = null;
            try {
                sample = data.read(i);
            } catch (IOException e) {
                unreadable.add(e.getMessage());
            }
            if (sample != null && wanted.test(sample)) {
                pending.add(sample.image());
                samples.add(new Sample(sample.name(), List.of(), sample.columns())); // without its pixels
            } else if (sample != null) leftOut++;
            if (pending.size() == PART || i + 1 == count && !pending.isEmpty()) {
                rows.add(encode(encoder, pending));
                pending.clear();
                progress.at("encoding", i + 1, count);
            }
        }
        if (samples.isEmpty())
            throw new IOException("no picture of " + data.name() + " can be encoded: " + leftOut
                    + " are left out, " + unreadable.size() + " cannot be read"
                    + (unreadable.isEmpty() ? "" : ", such as " + unreadable.get(0)));
        return new EncodedData(List.copyOf(samples), joined(samples, rows, encoder), leftOut, List.copyOf(unreadable));
    }

    private static float[] encode(Encoder encoder, List<Picture> pictures) {
        try (PointerScope scope = new PointerScope()) {
            return Scope.read(() -> Tensors.floats(encoder.pictures(pictures)));
        }
    }

    private static Embeddings joined(List<Sample> samples, List<float[]> rows, Encoder encoder) {
        FloatBuffer all = FloatBuffer.allocate(samples.size() * encoder.length());
        rows.forEach(all::put);
        List<String> names = samples.stream().map(Sample::name).toList();
        return new Embeddings(names, all.array(), encoder.length(), encoder.fingerprint());
    }
}
