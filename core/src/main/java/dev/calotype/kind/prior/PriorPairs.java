package dev.calotype.kind.prior;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.data.Batches;
import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.EmbeddedDataset;
import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.embedding.EmbeddingCache;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.io.Moved;
import dev.calotype.io.Progress;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What a prior learns from, and what it is tested on. Of a data set of up to {@value #WHOLE} samples all are embedded, and those that
 * are tested on are spread evenly over it; of a larger one the first are tested on and the next are learned from. So the test is the
 * same however many pairs are learned from.
 */
record PriorPairs(EmbeddedPairs learned, EmbeddedPairs tested) {
    private static final int WHOLE = 1 << 17;
    private static final long ORDER = 0x0A1D;

    /**
     * @param data with captions, owned by what is returned; of two that are blended each has its share of what is learned and tested
     * @param run that goes on; empty for one that begins
     */
    static PriorData of(PriorExperiment experiment, ImageDataset data, Path run) throws IOException {
        Placement exact = new Placement(experiment.training().placement().device(), Precision.FP32);
        try (EncoderFile file = EncoderFile.open(Moved.place("encoder", Path.of(experiment.encoder()), run), exact)) {
            experiment.requireEncoder(file.encoder().identity());
            PriorData pairs = of(experiment, data, file.encoder(), EmbeddingCache.standard());
            String base = experiment.training().tune().from();
            return base.isEmpty() ? pairs : pairs.with(vectors(Moved.find("base", Path.of(base), run)));
        }
    }

    private static Vectors vectors(Path base) throws IOException {
        Checkpoint.Group task = TrainedFile.group(base, "task");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> state = task.tensors();
            if (state.isEmpty())
                throw new IllegalArgumentException(
                        "training.tune.from must be a prior with a network, not one of the method ridge: " + base);
            return Vectors.of(state);
        }
    }

    static PriorData of(PriorExperiment experiment, ImageDataset data, Encoder encoder, EmbeddingCache cache)
            throws IOException {
        String source = experiment.test().source();
        int most = experiment.test().pairs();
        List<EmbeddedPairs> tested = new ArrayList<>();
        ImageDataset learned = BlendedDataset.each(data, (part, share) -> {
            int tests = source.isEmpty() ? (int) Math.min(Math.round(share * most), part.size() / 2) : 0;
            PriorPairs pairs =
                    of(part, (int) Math.max(1, Math.round(share * experiment.pairs())), tests, encoder, cache);
            tested.add(pairs.tested());
            return new EmbeddedDataset(part, pairs.learned(), EmbeddedDataset.Content.VECTORS);
        });
        if (source.isEmpty()) return PriorData.of(learned, EmbeddedPairs.joined(tested));
        DataSettings settings = experiment.data();
        try (ImageDataset test =
                CaptionedPictures.of(DataSets.open(source, settings.size(), settings.channels(), settings.labels()))) {
            return PriorData.of(learned, cache.pairs(encoder, test, most, Progress.SILENT));
        }
    }

    private static PriorPairs of(ImageDataset data, int pairs, int tests, Encoder encoder, EmbeddingCache cache)
            throws IOException {
        boolean whole = data.size() <= WHOLE;
        long wanted = whole ? data.size() : (long) pairs + tests;
        EmbeddedPairs all = cache.pairs(encoder, data, wanted, Progress.SILENT);
        boolean[] held = new boolean[all.count()];
        for (int i = 0; i < Math.min(tests, all.count() / 2); i++)
            held[whole ? (int) ((long) i * all.count() / tests) : i] = true;
        int[] rest = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
        return new PriorPairs(
                all.rows(some(rest, pairs, whole)),
                all.rows(IntStream.range(0, held.length).filter(i -> held[i]).toArray()));
    }

    /** At most {@code most} rows: the first, or of a data set that has an end any. */
    private static int[] some(int[] rows, int most, boolean whole) {
        if (rows.length <= most) return rows;
        if (!whole) return Arrays.copyOf(rows, most);
        return Arrays.stream(Batches.firstIndices(rows.length, ORDER, most))
                .mapToInt(i -> rows[(int) i])
                .toArray();
    }
}
