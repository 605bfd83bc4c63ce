package dev.calotype.embedding;

import dev.calotype.data.Batch;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ContentHash;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a frozen autoencoder made of a data set, as {@link EmbeddingCache} keeps vectors: a file is named after the hash of the
 * autoencoder, the preparation and the bytes of the data set, and appears whole or not at all.
 *
 * @param folder made when something is kept
 */
public record LatentCache(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(LatentCache.class);
    private static final String FORMAT = "calotype-latents-1";
    private static final String LATENTS = "latents", INDICES = "indices";
    private static final int LARGEST = 1 << 29;
    private static final int PART = 32,
            PIXELS = 1 << 21; // encoded at once: what an autoencoder holds grows with pixels

    /** In {@code $CALOTYPE_CACHE}, or else {@code ~/.cache/calotype}. */
    public static LatentCache standard() {
        return new LatentCache(ReadOptions.channels(3).cache().resolve("latents"));
    }

    /** The most latents of so many values that are held at once. */
    public static int most(int values) {
        return LARGEST / values;
    }

    /**
     * What makes latents.
     *
     * @param hash of its weights
     * @param device where it computes
     */
    public record Source(Autoencoder autoencoder, String hash, Device device) {}

    /**
     * A data set in latents; of one with pictures that are rehearsed both parts, each with its share of what is looked at.
     *
     * @param data owned by what is returned
     * @param most pictures that are looked at, at most
     * @throws IOException as {@link #of}
     */
    public ImageDataset dataset(Source source, ImageDataset data, Preparation preparation, long most, Progress progress)
            throws IOException {
        return BlendedDataset.each(data, (part, share) -> {
            Latents latents = of(source, part, preparation, Math.max(1, Math.round(share * most)), progress);
            return new LatentDataset(part, latents);
        });
    }

    /**
     * The latents of some pictures of a data set, {@link Selected#spread spread} over it, read where they are kept, else computed and kept. Those that cannot be read are left
     * out, and told in the log.
     *
     * @param preparation of the pictures, without anything random
     * @param most pictures that are looked at, at most
     * @throws IOException if none can be read
     * @throws IllegalArgumentException if pictures are not such as the autoencoder takes, or their latents are too many
     */
    public Latents of(Source source, ImageDataset data, Preparation preparation, long most, Progress progress)
            throws IOException {
        ImageDataset some = Selected.spread(data, most);
        Latents latents = ofFirst(source, some, preparation, most, progress);
        return some instanceof Selected spread && spread != data ? latents.of(spread) : latents;
    }

    private Latents ofFirst(Source source, ImageDataset data, Preparation preparation, long most, Progress progress)
            throws IOException {
        Autoencoder autoencoder = source.autoencoder();
        int side = preparation.size(), factor = autoencoder.factor();
        if (preparation.channels() != autoencoder.pictureChannels())
            throw new IllegalArgumentException("data.channels must be " + autoencoder.pictureChannels()
                    + ", the channels of the autoencoder's pictures: " + preparation.channels());
        if (side % factor != 0)
            throw new IllegalArgumentException("data.size must be a multiple of " + factor
                    + ", by which the autoencoder's latents are smaller: " + side);
        List<Integer> shape = List.of(autoencoder.latentChannels(), side / factor, side / factor);
        int length = shape.get(0) * shape.get(1) * shape.get(2);
        int count = (int) Math.min(most, data.size());
        if ((long) count * length > LARGEST)
            throw new IllegalArgumentException("latent.pictures must be at most " + LARGEST / length
                    + " where a latent has " + length + " values: " + count);
        String key = new ContentHash()
                .add(FORMAT)
                .add(source.hash())
                .add(preparation)
                .add(data)
                .hex();
        KeptTensors file =
                new KeptTensors(folder.resolve(key.substring(0, 32) + ".safetensors"), "latents", FORMAT, key);
        Optional<Latents> kept = file.read(count, tensors -> kept(tensors, count, shape, factor, source.hash()));
        if (kept.isPresent()) return kept.get();
        Latents made = computed(source, data, preparation, count, shape, progress);
        if (made.count() == 0)
            throw new IOException("not one of " + count + " samples of " + data.name() + " can be read");
        try (PointerScope scope = new PointerScope()) {
            file.write(count, tensors(made));
        }
        return made;
    }

    private static Latents kept(
            Map<String, Tensor> tensors, int count, List<Integer> shape, int factor, String autoencoder) {
        long[] indices = KeptTensors.longs(tensors.get(INDICES));
        float[] values = Tensors.floats(tensors.get(LATENTS));
        Latents whole = new Latents(indices, values, shape, factor, autoencoder);
        int wanted = (int) Arrays.stream(indices).filter(index -> index < count).count();
        return wanted == whole.count() ? whole : whole.first(wanted);
    }

    private static Map<String, Tensor> tensors(Latents made) {
        long length = made.values().length / made.count();
        return Map.of(
                LATENTS, Tensors.of(made.values(), made.count(), length),
                INDICES,
                        Tensors.of(
                                Arrays.stream(made.indices()).asDoubleStream().toArray()));
    }

    private static Latents computed(
            Source source,
            ImageDataset data,
            Preparation preparation,
            int count,
            List<Integer> shape,
            Progress progress) {
        LOG.info("Encoding {} pictures of {}", count, data.name());
        int length = shape.get(0) * shape.get(1) * shape.get(2);
        long[] indices = new long[count];
        float[] values = new float[count * length];
        int made = 0;
        int part = Math.max(1, Math.min(PART, PIXELS / (preparation.size() * preparation.size())));
        for (int from = 0; from < count; from += part) {
            int to = Math.min(from + part, count);
            List<Sample> samples = KeptTensors.samples(data, from, to);
            List<byte[]> pictures = new ArrayList<>();
            for (int i = 0; i < samples.size(); i++) {
                if (samples.get(i) == null) continue;
                pictures.add(Images.planar(preparation.apply(samples.get(i).image(), Rng.of(0))));
                indices[made + pictures.size() - 1] = from + (long) i;
            }
            if (!pictures.isEmpty())
                System.arraycopy(
                        encoded(source, pictures, preparation), 0, values, made * length, pictures.size() * length);
            made += pictures.size();
            progress.at("encoding", to, count);
        }
        if (made < count) LOG.warn("{} of {} samples of {} cannot be read", count - made, count, data.name());
        Latents all = new Latents(indices, values, shape, source.autoencoder().factor(), source.hash());
        return made == count ? all : all.first(made);
    }

    private static float[] encoded(Source source, List<byte[]> pictures, Preparation preparation) {
        int length = pictures.get(0).length;
        byte[] pixels = new byte[pictures.size() * length];
        for (int i = 0; i < pictures.size(); i++) System.arraycopy(pictures.get(i), 0, pixels, i * length, length);
        Batch batch = Batch.ofPixels(pixels, new int[pictures.size()], preparation.channels(), preparation.size());
        try (PointerScope scope = new PointerScope()) {
            return Scope.read(() -> Tensors.floats(source.autoencoder().encode(batch.images(source.device()))));
        }
    }
}
