package dev.calotype.judge;

import dev.calotype.data.Gaps;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.experiment.Scores;
import dev.calotype.metric.AttributeCoverage;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.ClassCoverage;
import dev.calotype.metric.FeatureCollector;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.metric.InceptionScore;
import dev.calotype.model.Classifier;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** What one side of a judgement has shown, batch by batch. What is null was not asked for. */
final class Side {
    private static final String ATTRIBUTES = "attributes", GAPS = "gaps";
    private static final String CANNOT_TELL = "cannot tell"; // the value of an attribute
    private static final int SPLITS = 10;
    private static final int BATCH = 50;
    private static final int MOST_AT_ONCE = 4; // batches, each of which takes memory

    private static final String SPATIAL_MEAN = "spatialMean", SPATIAL_COVARIANCE = "spatialCovariance";
    private static final int SPLIT = 5000; // of guided-diffusion

    private final FeatureNetwork network;
    private final Classifier classifier; // the same, where it is one
    private final FeatureCollector features;
    private final FeatureStatistics spatial;
    private final FeatureNetwork.Spatial places;
    private final RoomsJudge rooms;
    private final ClassCoverage classes;
    private final InceptionScore score;
    private final PixelStore pixels;
    private final List<int[]> attributes = new ArrayList<>();
    private Gaps gaps = Gaps.NONE;
    private long shown;

    /** Sees {@code expected} pictures. */
    Side(Judge judge, long expected, Role role) {
        features = role.features ? new FeatureCollector(judge.network(), judge.protocol()) : null;
        places = role.spatial ? (FeatureNetwork.Spatial) judge.network() : null;
        spatial = role.spatial ? new FeatureStatistics(places.spatialDimensions()) : null;
        rooms = role.modes && judge.network() instanceof RoomsJudge judged ? judged : null;
        network = judge.network();
        classifier = network instanceof Classifier classes ? classes : null;
        classes = role.modes && classifier != null ? new ClassCoverage(classifier.classes()) : null;
        score = classifier == null || !role.inceptionScore ? null : inceptionScore(classifier, expected);
        pixels = role.pixels ? new PixelStore() : null;
    }

    /** What is wanted of a side. */
    record Role(boolean features, boolean spatial, boolean modes, boolean inceptionScore, boolean pixels) {}

    /** As papers do, ten; with the input of guided-diffusion's evaluator parts of its size. */
    private static InceptionScore inceptionScore(Classifier network, long expected) {
        int classes = network.classes().size();
        return StatisticsFile.isGuided(network)
                ? InceptionScore.ofSize(SPLIT, classes)
                : InceptionScore.even(expected, (int) Math.min(SPLITS, expected), classes);
    }

    private Side(FeatureCollector features, FeatureStatistics spatial, List<int[]> attributes) {
        this.features = features;
        this.spatial = spatial;
        places = null;
        this.attributes.addAll(attributes);
        rooms = null;
        classes = null;
        network = null;
        classifier = null;
        score = null;
        pixels = null;
    }

    private Side(Side seen, FeatureCollector features, FeatureStatistics spatial) {
        this.features = features;
        this.spatial = spatial;
        places = null;
        rooms = seen.rooms;
        classes = seen.classes;
        network = seen.network;
        classifier = seen.classifier;
        score = seen.score;
        pixels = seen.pixels;
        attributes.addAll(seen.attributes);
        gaps = seen.gaps;
        shown = seen.shown;
    }

    /**
     * What is seen of the first {@code count} pictures of a source. A small network looks at batches of stored ones side by side;
     * what draws them wants all threads, and its memory once.
     */
    static Side of(Judge judge, PictureSource source, Preparation preparation, long count, Role role) {
        Side side = new Side(judge, count, role);
        boolean sideBySide = judge.network().small() && !(source instanceof PictureSource.Drawn);
        PixelBatches batches = source.batches(preparation, count, BATCH, judge.progress());
        try (Workers workers = sideBySide ? Workers.upTo(MOST_AT_ONCE) : new Workers(1)) {
            side.addAll(batches, workers);
        }
        return side;
    }

    /** Looks at all pictures; what is seen does not depend on how many workers there are. */
    void addAll(PixelBatches batches, Workers workers) {
        gaps = batches.forEach(workers, this::look, this::add);
    }

    void add(Tensor batch) {
        add(Scope.read(() -> look(batch)));
    }

    /**
     * What is seen in a batch, which changes nothing yet; what nobody asked for is null.
     *
     * @param count N
     * @param features (N, D)
     * @param spatial (N, S)
     * @param attributes (N)(attributes)
     * @param logits (N, K)
     * @param pixels uint8 (N, C, H, W)
     */
    private record Seen(
            long count, Values features, Values spatial, int[][] attributes, Values logits, Values pixels) {}

    /** Numbers of a tensor that belong to no thread and no scope. */
    private record Values(float[] floats, byte[] bytes, long[] shape) {
        static Values of(Tensor x) {
            return new Values(Tensors.floats(x), null, Tensors.shape(x));
        }

        static Values ofBytes(Tensor x) {
            return new Values(null, Tensors.bytes(x), Tensors.shape(x));
        }

        Tensor tensor() {
            return bytes == null ? Tensors.of(floats, shape) : Tensors.of(bytes, shape);
        }
    }

    private Seen look(Tensor batch) {
        RoomsJudge.Look look = rooms == null ? null : rooms.look(batch);
        FeatureNetwork.Seen seen = places == null ? null : places.see(batch);
        Tensor found = null;
        if (features != null)
            found = look != null ? look.features() : seen != null ? seen.features() : network.features(batch);
        return new Seen(
                batch.size(0),
                found == null ? null : Values.of(found),
                seen == null ? null : Values.of(seen.spatial()),
                look == null ? null : look.readings().attributes(),
                classes == null && score == null ? null : Values.of(logits(batch, found)),
                pixels == null ? null : Values.ofBytes(batch));
    }

    /** @param features those of the batch; null where nobody asked for them */
    private Tensor logits(Tensor batch, Tensor features) {
        return features == null ? classifier.logits(batch) : classifier.logits(batch, features);
    }

    private void add(Seen seen) {
        shown += seen.count;
        Scope.run(() -> {
            if (features != null) features.addFeatures(seen.features.tensor());
            if (spatial != null) spatial.add(seen.spatial.tensor());
            if (rooms != null) attributes.addAll(List.of(seen.attributes));
            Tensor logits = seen.logits == null ? null : seen.logits.tensor();
            if (classes != null) classes.add(logits);
            if (score != null) score.add(logits.softmax(1));
            if (pixels != null) pixels.add(seen.pixels.tensor());
        });
    }

    /** The features and attributes, to be kept. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new HashMap<>(features.state());
        int width = attributes.isEmpty() ? 0 : attributes.get(0).length;
        byte[] values = new byte[attributes.size() * width];
        for (int i = 0; i < values.length; i++) values[i] = (byte) attributes.get(i / width)[i % width];
        state.put(ATTRIBUTES, Tensors.of(values, attributes.size(), width));
        double[] positions =
                gaps.positions().stream().mapToDouble(Long::doubleValue).toArray();
        if (positions.length > 0) state.put(GAPS, Tensors.ofDoubles(positions, positions.length));
        if (spatial != null) {
            int d = spatial.dimensions();
            state.put(SPATIAL_MEAN, Tensors.ofDoubles(spatial.mean(), d));
            state.put(SPATIAL_COVARIANCE, Tensors.ofDoubles(spatial.covariance(), d, d));
        }
        return state;
    }

    /** The side whose features and attributes were kept. */
    static Side restore(Judge judge, Map<String, Tensor> state) {
        int width = Math.toIntExact(state.get(ATTRIBUTES).size(1));
        byte[] values = Tensors.bytes(state.get(ATTRIBUTES));
        List<int[]> rows = new ArrayList<>();
        for (int i = 0; width > 0 && i < values.length / width; i++) {
            int[] row = new int[width];
            for (int a = 0; a < width; a++) row[a] = values[i * width + a];
            rows.add(row);
        }
        FeatureCollector features = FeatureCollector.restore(judge.network(), judge.protocol(), state);
        long shown = features.statistics().count();
        FeatureStatistics spatial = !state.containsKey(SPATIAL_MEAN)
                ? null
                : FeatureStatistics.of(
                        shown,
                        Tensors.doubles(state.get(SPATIAL_MEAN)),
                        Tensors.doubles(state.get(SPATIAL_COVARIANCE)));
        Side side = new Side(features, spatial, rows);
        side.shown = shown;
        if (state.containsKey(GAPS))
            side.gaps = new Gaps(Arrays.stream(Tensors.doubles(state.get(GAPS)))
                    .mapToObj(position -> (long) position)
                    .toList());
        return side;
    }

    /** Of statistics alone. */
    static Side of(Judge judge, StatisticsFile file) {
        FeatureCollector none = FeatureCollector.of(judge.network(), judge.protocol(), file.features());
        return new Side(none, file.spatial().orElse(null), List.of());
    }

    /** The same pictures beside statistics that were published with them. */
    Side with(StatisticsFile file) {
        return new Side(this, features.with(file.features()), file.spatial().orElse(spatial));
    }

    FeatureCollector features() {
        return features;
    }

    /** How many pictures were looked at; 0 of statistics alone. */
    long shown() {
        return shown;
    }

    /** Where the picture that was looked at as number {@code index} stands in its source. */
    long position(long index) {
        return gaps.position(index);
    }

    /** Null where nobody asked for it. */
    FeatureStatistics spatial() {
        return spatial;
    }

    PixelStore pixels() {
        return pixels;
    }

    /** The Inception Score, or null. */
    InceptionScore.Score inceptionScore() {
        return score == null ? null : score.score();
    }

    /** The attributes or classes shown by this side, expected as in {@code real}. */
    Scores modes(Side real) {
        if (rooms != null) return attributes(real);
        if (classes == null) return Scores.NONE;
        CategoryHistogram histogram = classes.histogram();
        double[] shares = histogram.shares();
        double even = 0;
        for (double share : shares) if (share >= 0.5 / shares.length) even++;
        return Scores.NONE
                .with("coverage", histogram.present())
                .with("evenCoverage", even / shares.length)
                .with("entropy", histogram.entropy())
                .with("shares", Map.of("class", shares(histogram)));
    }

    private Scores attributes(Side real) {
        AttributeCoverage coverage = AttributeCoverage.of(
                RoomsJudge.values(), attributes.toArray(int[][]::new), real.attributes.toArray(int[][]::new));
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        for (RoomAttribute attribute : RoomAttribute.values())
            shares.put(attribute.key(), shares(coverage.histograms().get(attribute.ordinal())));
        return Scores.NONE
                .with("coverage", coverage.present())
                .with("evenCoverage", coverage.present(0.5))
                .with("shares", shares);
    }

    private static Map<String, Double> shares(CategoryHistogram histogram) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (int i = 0; i < histogram.categories().size(); i++)
            shares.put(histogram.categories().get(i), histogram.shares()[i]);
        if (histogram.unknown() > 0) shares.put(CANNOT_TELL, histogram.unknown() / (double) histogram.total());
        return shares;
    }
}
