package dev.calotype.judge;

import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.experiment.Scores;
import dev.calotype.metric.AttributeCoverage;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.ClassCoverage;
import dev.calotype.metric.FeatureCollector;
import dev.calotype.metric.InceptionScore;
import dev.calotype.model.Classifier;
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

    private final FeatureCollector features;
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
        rooms = role.modes && judge.network() instanceof RoomsJudge network ? network : null;
        Classifier classifier = judge.network() instanceof Classifier network ? network : null;
        classes = role.modes && classifier != null ? new ClassCoverage(classifier) : null;
        scoredBy = role.inceptionScore ? classifier : null;
        splits = (int) Math.min(SPLITS, expected);
        score = scoredBy == null
                ? null
                : new InceptionScore(expected, splits, classifier.classes().size());
        pixels = role.pixels ? new PixelStore() : null;
    }

    /** What is wanted of a side. */
    record Role(boolean features, boolean modes, boolean inceptionScore, boolean pixels) {}

    private Side(FeatureCollector features, List<int[]> attributes) {
        this.features = features;
        this.attributes.addAll(attributes);
        rooms = null;
        classes = null;
        scoredBy = null;
        score = null;
        splits = 0;
        pixels = null;
    }

    void add(Tensor batch) {
        if (features != null || rooms != null) Scope.run(() -> look(batch));
        if (classes != null) classes.add(batch);
        if (score != null) Scope.run(() -> score.add(scoredBy.logits(batch).softmax(1)));
        if (pixels != null) pixels.add(batch);
    }

    private void look(Tensor batch) {
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
        return new Side(FeatureCollector.restore(judge.network(), judge.protocol(), state), rows);
    }

    FeatureCollector features() {
        return features;
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
