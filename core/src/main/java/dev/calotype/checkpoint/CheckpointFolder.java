package dev.calotype.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.NumberedName;
import dev.calotype.io.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: the last few by step ({@code step-00001234.safetensors}) and the best by some metric
 * (named in {@code best.json}).
 *
 * <p>Other files in the folder are neither read nor removed. One process writes; others may read at any time.
 *
 * @param folder where the files are; made when the first one is written
 * @param keepLast how many of the latest are kept, at least 1; the best is kept besides
 * @param ends steps whose checkpoints are kept besides, such as those at which a training had ended before it went on
 */
public record CheckpointFolder(Path folder, int keepLast, Set<Long> ends) {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
    private static final NumberedName NAME = new NumberedName("step-", 8, 16, ".safetensors");
    private static final String BEST = "best.json";

    /** The content of {@code best.json}. */
    private record Best(String file, double metric) {}

    public CheckpointFolder {
        if (keepLast < 1) throw new IllegalArgumentException("keepLast must be at least 1: " + keepLast);
        ends = Set.copyOf(ends);
    }

    /** The last and the best, and no others. */
    public CheckpointFolder(Path folder, int keepLast) {
        this(folder, keepLast, Set.of());
    }

    /** Writes a checkpoint under the name of its step, removes those that are too old, and returns its file. */
    public Path write(Checkpoint checkpoint) throws IOException {
        return write(checkpoint, Double.NaN);
    }

    /** Like {@link #write(Checkpoint)}; keeps the checkpoint as the best if its metric is lower than the best so far. */
    public Path write(Checkpoint checkpoint, double metric) throws IOException {
        return Uninterrupted.get(() -> writeOnce(checkpoint, metric));
    }

    private Path writeOnce(Checkpoint checkpoint, double metric) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(String.format(Locale.ROOT, "step-%08d.safetensors", checkpoint.step()));
        checkpoint.write(file);
        if (Double.isFinite(metric) && metric < bestMetric()) {
            byte[] json = Checkpoint.JSON.writeValueAsBytes(
                    new Best(file.getFileName().toString(), metric));
            AtomicFile.write(folder.resolve(BEST), json);
        }
        prune(file);
        return file;
    }

    /** All checkpoint files, the earliest step first; of one step the one that is named as they are now comes last. */
    public List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(CheckpointFolder::isCheckpoint)
                    .sorted(Comparator.comparingLong(CheckpointFolder::step).thenComparing(Comparator.reverseOrder()))
                    .toList();
        }
    }

    /** The file of the highest step. */
    public Optional<Path> latest() throws IOException {
        List<Path> files = files();
        return files.isEmpty() ? Optional.empty() : Optional.of(files.get(files.size() - 1));
    }

    /** The file with the lowest metric. */
    public Optional<Path> best() throws IOException {
        return bestRecord().map(best -> folder.resolve(best.file)).filter(CheckpointFolder::isCheckpoint);
    }

    /**
     * Reads the latest checkpoint that is not damaged into the caller's scope; a damaged one is skipped with a warning.
     *
     * @throws IOException if there are checkpoints, but all are damaged: the reason of the latest one
     */
    public Optional<Checkpoint> readLatest() throws IOException {
        return latest(Checkpoint::read);
    }

    /** Like {@link #readLatest()} for one group only: damage to others is not noticed. */
    public Optional<Checkpoint.Group> readLatest(String group) throws IOException {
        return latest(file -> Checkpoint.readGroup(file, group));
    }

    private interface Reader<T> {
        T read(Path file) throws IOException;
    }

    private <T> Optional<T> latest(Reader<T> reader) throws IOException {
        List<Path> files = files();
        IOException failure = null;
        for (int i = files.size() - 1; i >= 0; i--) {
            try {
                return Optional.of(reader.read(files.get(i)));
            } catch (IOException e) {
                LOG.warn("Skipping a checkpoint that cannot be read: {}", e.getMessage());
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
        return Optional.empty();
    }

    private void prune(Path written) throws IOException {
        Optional<Path> best;
        try {
            best = best();
        } catch (IOException e) {
            LOG.warn("Keeping all checkpoints: {}", e.getMessage());
            return;
        }
        List<Path> files = files();
        for (Path file : files.subList(0, Math.max(0, files.size() - keepLast)))
            if (!file.equals(written) && !Optional.of(file).equals(best) && !ends.contains(step(file)))
                Files.deleteIfExists(file);
    }

    private double bestMetric() {
        try {
            return bestRecord().map(Best::metric).orElse(Double.POSITIVE_INFINITY);
        } catch (IOException e) {
            LOG.warn("The best checkpoint so far is forgotten: {}", e.getMessage());
            return Double.POSITIVE_INFINITY;
        }
    }

    private Optional<Best> bestRecord() throws IOException {
        Path file = folder.resolve(BEST);
        if (!Files.exists(file)) return Optional.empty();
        try {
            if (Files.size(file) > 1000) throw new IOException(file + " is too long");
            Best best = Checkpoint.JSON.readValue(Files.readAllBytes(file), Best.class);
            if (best == null || best.file == null || NAME.number(best.file).isEmpty())
                throw new IOException(file + " does not name a checkpoint");
            return Optional.of(best);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static boolean isCheckpoint(Path file) {
        return NAME.number(file.getFileName().toString()).isPresent()
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The step in the name of a checkpoint.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static long step(Path file) {
        return NAME.number(file.getFileName().toString())
                .orElseThrow(() -> new IllegalArgumentException(file + " is not the name of a checkpoint"));
    }
}
