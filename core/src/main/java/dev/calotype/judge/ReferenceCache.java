package dev.calotype.judge;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.ContentHash;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ReadOptions;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the statistics of reference sets: in the folder {@code .calotype} beside a data set, or in the user's cache where
 * that cannot be written. A file is named after the hash of everything its numbers depend on (the bytes of the data set,
 * preparation, count, network, protocol), so that none is ever out of date, and holds a digest of itself, so that a
 * damaged one is computed anew.
 *
 * @param user the user's cache folder
 */
record ReferenceCache(Path user) {
    private static final Logger LOG = LoggerFactory.getLogger(ReferenceCache.class);
    private static final String FORMAT = "calotype-statistics-3";
    private static final String DIGEST = "sha256";

    /** In {@code $CALOTYPE_CACHE}, or else {@code ~/.cache/calotype}. */
    static ReferenceCache standard() {
        return new ReferenceCache(ReadOptions.channels(3).cache());
    }

    /** Where the statistics of a reference lie, or will lie. */
    record Entry(String key, List<Path> files) {}

    /** The entry of {@code count} pictures of a data set, as prepared for a network. */
    Entry entry(ImageDataset data, Judge.Plan plan, long count, FeatureNetwork network, EvaluationProtocol protocol)
            throws IOException {
        ContentHash hash = new ContentHash()
                .add(FORMAT)
                .add(data)
                .add(plan.preparation())
                .add(Math.min(count, data.size()))
                .add(network.name() + " " + network.hash() + " " + network.input())
                .add(protocol.capacity() + " " + protocol.seed());
        if (plan.needs(Scorer.Need.SPATIAL)) hash.add("spatial");
        if (Math.min(count, data.size()) > protocol.capacity()) hash.add("positions"); // which were not kept before
        String key = hash.hex();
        Path shared = user.resolve("statistics").resolve(key.substring(0, 32) + ".safetensors");
        Optional<Path> path = ContentHash.path(data);
        if (path.isEmpty()) return new Entry(key, List.of(shared));
        Path beside = path.get().toAbsolutePath().normalize().resolveSibling(ContentHash.BESIDE);
        String name = path.get().toAbsolutePath().normalize().getFileName() + "-" + key.substring(0, 32);
        return new Entry(key, List.of(beside.resolve(name + ".safetensors"), shared));
    }

    /** The tensors of an entry, in the caller's scope, if they are there and whole. */
    Optional<Map<String, Tensor>> read(Entry entry) {
        for (Path file : entry.files) {
            if (!Files.isRegularFile(file)) continue;
            try {
                SafeTensors read = SafeTensors.read(file);
                if (entry.key.equals(read.metadata().get("key"))
                        && Digest.of(read.tensors()).equals(read.metadata().get(DIGEST)))
                    return Optional.of(read.tensors());
                LOG.warn("{} is damaged: its statistics are computed anew", file);
            } catch (IOException e) {
                LOG.warn("{}: its statistics are computed anew", e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Keeps the tensors of an entry where that is possible; a judgement does not fail for want of a cache. */
    void write(Entry entry, Map<String, Tensor> tensors) {
        Map<String, String> metadata = Map.of("key", entry.key, DIGEST, Digest.of(tensors), "format", FORMAT);
        for (Path file : entry.files) {
            try {
                Files.createDirectories(file.getParent());
                SafeTensors.write(file, tensors, metadata);
                LOG.debug("statistics of the reference are kept in {}", file);
                return;
            } catch (IOException e) {
                LOG.debug("statistics are not kept: {}", e.getMessage());
                removeIfEmpty(file.getParent());
            }
        }
    }

    private static void removeIfEmpty(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isEmpty()) Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage());
        }
    }
}
