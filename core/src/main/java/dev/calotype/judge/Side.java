package dev.calotype.judge;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** What one side of a judgement has shown, batch by batch. What is null was not asked for. */
final class Side {
    private static final String ATTRIBUTES = "attributes";
    private static final String CANNOT_TELL = "cannot tell"; // the value of an attribute
    private static final int SPLITS = 10;

    private static final String SPATIAL_MEAN = "spatialMean", SPATIAL_COVARIANCE = "spatialCovariance";
    private static final int SPLIT = 5000; // of guided-diffusion

    private final FeatureCollector features;
    private final FeatureStatistics spatial;
    private final FeatureNetwork.Spatial places;
    private final RoomsJudge rooms;
    private final ClassCoverage classes;
    private final Classifier scoredBy;
    private final InceptionScore score;
    private final int splits;
    private final PixelStore pixels;
    private final List<int[]> attributes = new ArrayList<>();

    /** Sees {@code expected} pictures. */
    Side(Judge judge, long expected, Role role) {
        features = role.features ? new FeatureCollector(judge.network(), judge.protocol()) : null;
        places = role.spatial ? (FeatureNetwork.Spatial) judge.network() : null;
        spatial = role.spatial ? new FeatureStatistics(places.spatialDimensions()) : null;
        rooms = role.modes && judge.network() instanceof RoomsJudge network ? network : null;
        Classifier classifier = judge.network() instanceof Classifier network ? network : null;
        classes = role.modes && classifier != null ? new ClassCoverage(classifier) : null;
        scoredBy = role.inceptionScore ? classifier : null;
        splits = splits(judge.network(), expected);
        score = scoredBy == null
                ? null
                : new InceptionScore(expected, splits, classifier.classes().size());
        pixels = role.pixels ? new PixelStore() : null;
    }

    /** What is wanted of a side. */
    record Role(boolean features, boolean spatial, boolean modes, boolean inceptionScore, boolean pixels) {}

    /** As papers do, ten; with the input of guided-diffusion's evaluator parts of its size. */
    private static int splits(FeatureNetwork network, long expected) {
        if (!StatisticsFile.isGuided(network)) return (int) Math.min(SPLITS, expected);
        return Math.toIntExact((expected + SPLIT - 1) / SPLIT);
    }

    private Side(FeatureCollector features, FeatureStatistics spatial, List<int[]> attributes) {
        this.features = features;
        this.spatial = spatial;
        places = null;
        this.attributes.addAll(attributes);
        rooms = null;
        classes = null;
        scoredBy = null;
        score = null;
        splits = 0;
        pixels = null;
    }

    private Side(Side seen, FeatureCollector features, FeatureStatistics spatial) {
        this.features = features;
        this.spatial = spatial;
        places = null;
        rooms = seen.rooms;
        classes = seen.classes;
        scoredBy = seen.scoredBy;
        score = seen.score;
        splits = seen.splits;
        pixels = seen.pixels;
        attributes.addAll(seen.attributes);
    }

    void add(Tensor batch) {
        if (features != null || rooms != null) Scope.run(() -> look(batch));
        if (classes != null) classes.add(batch);
        if (score != null) Scope.run(() -> score.add(scoredBy.logits(batch).softmax(1)));
        if (pixels != null) pixels.add(batch);
    }

    private void look(Tensor batch) {
        if (places != null) {
            FeatureNetwork.Seen seen = places.see(batch);
            features.addFeatures(seen.features());
            spatial.add(seen.spatial());
            return;
        }
        if (rooms == null) {
            features.add(batch);
            return;
        }
        RoomsJudge.Look seen = rooms.look(batch);
        if (features != null) features.addFeatures(seen.features());
        attributes.addAll(List.of(seen.readings().attributes()));
    }

    /** The features and attributes, to be kept. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new HashMap<>(features.state());
        int width = attributes.isEmpty() ? 0 : attributes.get(0).length;
        byte[] values = new byte[attributes.size() * width];
        for (int i = 0; i < values.length; i++) values[i] = (byte) attributes.get(i / width)[i % width];
        state.put(ATTRIBUTES, Tensors.of(values, attributes.size(), width));
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
        if (!state.containsKey(SPATIAL_MEAN)) return new Side(features, null, rows);
        FeatureStatistics spatial = FeatureStatistics.of(
                features.statistics().count(),
                Tensors.doubles(state.get(SPATIAL_MEAN)),
                Tensors.doubles(state.get(SPATIAL_COVARIANCE)));
        return new Side(features, spatial, rows);
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

    /** Null where nobody asked for it. */
    FeatureStatistics spatial() {
        return spatial;
    }

    PixelStore pixels() {
        return pixels;
    }

    /** The Inception Score, or null. */
    ClassScore inceptionScore() {
        if (score == null) return null;
        InceptionScore.Score answer = score.score();
        return new ClassScore(answer.mean(), answer.deviation(), splits);
    }

    /** The mean and the deviation over the splits of an Inception Score. */
    record ClassScore(double mean, double deviation, int splits) {}

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
