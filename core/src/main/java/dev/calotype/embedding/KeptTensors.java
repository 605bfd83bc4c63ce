package dev.calotype.embedding;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.io.HeapFullException;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of what was computed of samples of a data set, with the hash of all that it depends on, how many samples it covers, and a digest of
 * itself. It appears whole or not at all; nothing fails for want of it.
 *
 * @param file where it is, or will be
 * @param what it holds, in the plural, for people
 * @param format its name, which changes when what it holds does
 * @param key the hash of all that it depends on
 */
record KeptTensors(Path file, String what, String format, String key) {
    private static final Logger LOG = LoggerFactory.getLogger(KeptTensors.class);
    private static final String KEY = "key", COVERED = "covered", DIGEST = "sha256";

    /** What is made of the tensors, if the file is whole and covers {@code count} samples. */
    <T> Optional<T> read(int count, Function<Map<String, Tensor>, T> making) {
        if (!Files.isRegularFile(file)) return Optional.empty();
        try (PointerScope scope = new PointerScope()) {
            SafeTensors read = SafeTensors.read(file);
            Map<String, String> metadata = read.metadata();
            if (!key.equals(metadata.get(KEY)) || !Digest.of(read.tensors()).equals(metadata.get(DIGEST))) {
                LOG.warn("{} is damaged: its {} are computed anew", file, what);
                return Optional.empty();
            }
            if (Integer.parseInt(metadata.get(COVERED)) < count) return Optional.empty();
            return Optional.of(making.apply(read.tensors()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{}: its {} are computed anew", e.getMessage(), what);
            return Optional.empty();
        }
    }

    /** Writes the file, where that is possible. */
    void write(int covered, Map<String, Tensor> tensors) {
        try {
            Files.createDirectories(file.getParent());
            SafeTensors.write(
                    file,
                    tensors,
                    Map.of(KEY, key, COVERED, String.valueOf(covered), DIGEST, Digest.of(tensors), "format", format));
        } catch (IOException e) {
            LOG.warn("{} are not kept: {}", what, e.getMessage());
        }
    }

    /** Whole numbers, which are kept as doubles. */
    static long[] longs(Tensor numbers) {
        return Arrays.stream(Tensors.doubles(numbers)).mapToLong(Math::round).toArray();
    }

    /** Some samples of a data set, read by all cores; null where one cannot be read. */
    static List<Sample> samples(ImageDataset data, int from, int to) {
        return IntStream.range(from, to)
                .parallel()
                .mapToObj(index -> readOrNull(data, index))
                .toList();
    }

    private static Sample readOrNull(ImageDataset data, long index) {
        try {
            return data.read(index);
        } catch (HeapFullException e) { // says nothing of the sample
            throw e.naming(data.name() + ", sample " + index);
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage());
            return null;
        }
    }
}
