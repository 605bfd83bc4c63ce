package dev.calotype.embedding;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ContentHash;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.embedding.EmbeddedDataset.Content;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a frozen encoder made of a data set, so that it is computed once for all who learn from it. Files are named after
 * the hash of everything that their vectors depend on (the encoder, the bytes of the data set, or pictures of one that is
 * drawn), so that none is of another encoder or out of date; each holds the vectors of {@value #SHARD} samples and a digest of
 * itself. A file appears whole or not at all: after a kill no more than one has to be computed again.
 *
 * @param folder made when something is kept
 */
public record EmbeddingCache(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingCache.class);
    private static final String FORMAT = "calotype-embeddings-1";
    private static final String PICTURES = "pictures", TEXTS = "texts";
    private static final String READABLE = "indices"; // of the samples that could be read
    private static final int SHARD = 4096, PART = 64, PROBES = 64;

    /** In {@code $CALOTYPE_CACHE}, or else {@code ~/.cache/calotype}. */
    public static EmbeddingCache standard() {
        return new EmbeddingCache(ReadOptions.channels(3).cache().resolve("embeddings"));
    }

    /**
     * A data set with its vectors; of one with samples that are rehearsed both parts, each with its share of what is looked at.
     *
     * @param data owned by what is returned
     * @param most samples that are looked at, at most
     * @throws IOException as {@link #pairs}
     */
    public ImageDataset dataset(Encoder encoder, ImageDataset data, long most, Content content, Progress progress)
            throws IOException {
        return BlendedDataset.each(data, (part, share) -> {
            EmbeddedPairs pairs = pairs(encoder, part, Math.max(1, Math.round(share * most)), progress);
            return new EmbeddedDataset(part, pairs, content);
        });
    }

    /**
     * The vectors of some samples of a data set, {@link Selected#spread spread} over it, read where they are kept, else computed and kept. Samples that cannot be
     * read are left out, and told in the log.
     *
     * @param most samples that are looked at, at most
     * @throws IOException if none can be read
     */
    public EmbeddedPairs pairs(Encoder encoder, ImageDataset data, long most, Progress progress) throws IOException {
        ImageDataset some = Selected.spread(data, most);
        EmbeddedPairs pairs = ofFirst(encoder, some, most, progress);
        return some instanceof Selected spread && spread != data ? pairs.of(spread) : pairs;
    }

    private EmbeddedPairs ofFirst(Encoder encoder, ImageDataset data, long most, Progress progress) throws IOException {
        int largest = Integer.MAX_VALUE / encoder.length();
        if (most < 1 || most > largest && data.size() > largest)
            throw new IllegalArgumentException("pairs must be in 1.." + largest + ": " + most);
        int count = (int) Math.min(most, data.size());
        String key = key(encoder, data);
        List<EmbeddedPairs> shards = new ArrayList<>();
        for (int from = 0; from < count; from += SHARD) {
            int to = Math.min(from + SHARD, count);
            KeptTensors file = new KeptTensors(
                    folder.resolve(key.substring(0, 32) + "-" + from / SHARD + ".safetensors"),
                    "embeddings",
                    FORMAT,
                    key);
            Optional<EmbeddedPairs> kept = file.read(to, tensors -> kept(tensors, to, encoder));
            shards.add(kept.isPresent() ? kept.get() : computed(encoder, data, from, to, file));
            progress.at("embedding", to, count);
        }
        EmbeddedPairs all = EmbeddedPairs.joined(shards);
        if (all.count() == 0)
            throw new IOException("not one of " + count + " samples of " + data.name() + " can be read");
        return all;
    }

    private static String key(Encoder encoder, ImageDataset data) throws IOException {
        ContentHash hash =
                new ContentHash().add(FORMAT).add(encoder.fingerprint()).add(data);
        for (long i = 0; i < Math.min(PROBES, data.size()); i++) hash.add(data.caption(i));
        return hash.hex();
    }

    /** What tensors of a file say of the samples before {@code to}. */
    private static EmbeddedPairs kept(Map<String, Tensor> tensors, int to, Encoder encoder) {
        long[] indices = KeptTensors.longs(tensors.get(READABLE));
        EmbeddedPairs whole = new EmbeddedPairs(
                indices,
                Tensors.floats(tensors.get(PICTURES)),
                Tensors.floats(tensors.get(TEXTS)),
                encoder.length(),
                encoder.identity(),
                encoder.scale());
        int wanted = (int) Arrays.stream(indices).filter(index -> index < to).count();
        return whole.rows(IntStream.range(0, wanted).toArray());
    }

    private EmbeddedPairs computed(Encoder encoder, ImageDataset data, int from, int to, KeptTensors file) {
        LOG.info("Embedding samples {} to {} of {}", from, to - 1, data.name());
        List<EmbeddedPairs> parts = new ArrayList<>();
        for (int at = from; at < to; at += PART) parts.add(encoded(encoder, data, at, Math.min(at + PART, to)));
        EmbeddedPairs all = EmbeddedPairs.joined(parts);
        int unreadable = to - from - all.count();
        if (unreadable > 0)
            LOG.warn("{} of the samples {} to {} of {} cannot be read", unreadable, from, to - 1, data.name());
        write(file, to, all);
        return all;
    }

    private static void write(KeptTensors file, int covered, EmbeddedPairs pairs) {
        if (pairs.count() == 0) return;
        try (PointerScope scope = new PointerScope()) {
            file.write(
                    covered,
                    Map.of(
                            PICTURES, pairs.pictureVectors(),
                            TEXTS, pairs.textVectors(),
                            READABLE,
                                    Tensors.of(Arrays.stream(pairs.indices())
                                            .asDoubleStream()
                                            .toArray())));
        }
    }

    private static EmbeddedPairs encoded(Encoder encoder, ImageDataset data, int from, int to) {
        List<Sample> read = KeptTensors.samples(data, from, to);
        List<Picture> pictures = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        List<Integer> captioned = new ArrayList<>();
        List<Long> indices = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            Sample sample = read.get(i);
            if (sample == null) continue;
            if (!sample.caption().isBlank()) {
                captioned.add(pictures.size());
                captions.add(sample.caption());
            }
            pictures.add(sample.image());
            indices.add((long) from + i);
        }
        int length = encoder.length();
        float[] seen = pictures.isEmpty() ? new float[0] : floats(() -> encoder.pictures(pictures));
        float[] told = captions.isEmpty() ? new float[0] : floats(() -> encoder.texts(captions));
        float[] texts = new float[seen.length];
        for (int i = 0; i < captioned.size(); i++)
            System.arraycopy(told, i * length, texts, captioned.get(i) * length, length);
        long[] rows = indices.stream().mapToLong(Long::longValue).toArray();
        return new EmbeddedPairs(rows, seen, texts, length, encoder.identity(), encoder.scale());
    }

    private static float[] floats(Supplier<Tensor> vectors) {
        try (PointerScope scope = new PointerScope()) {
            return Scope.read(() -> Tensors.floats(vectors.get()));
        }
    }
}
