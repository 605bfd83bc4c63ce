package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.metric.AttributeCoverage;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.ClassCoverage;
import dev.calotype.metric.Evaluation;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.FeatureCollector;
import dev.calotype.model.Classifier;
import dev.calotype.model.FeatureNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares generated pictures with real ones: the same size, the same 8-bit quantisation and the same network for both.
 *
 * @param network borrowed
 * @param protocol what else must be equal for two judgements to compare
 */
public record Judge(FeatureNetwork network, EvaluationProtocol protocol, Progress progress) {
    private static final int BATCH = 50;

    /**
     * Draws images of a model and compares them with as many real ones.
     *
     * @param data the real images
     * @param count how many images, bounded by the size of the data set
     */
    public Judgement model(DiffusionModel model, DiffusionModel.Request request, ImageDataset data, long count) {
        Preparation preparation = model.experiment().data().preparation();
        String generated = model.experiment().name() + " seed " + request.seed() + " " + request.sampling();
        return compare(
                new Judgement.Subject(generated, data.name(), preparation.size()),
                PixelBatches.generated(model, request, count, BATCH, progress),
                PixelBatches.real(data, preparation, count, BATCH, progress));
    }

    /** Compares a folder or archive of generated pictures with real ones, both prepared in the same way. */
    public Judgement pictures(ImageDataset generated, ImageDataset data, Preparation preparation, long count) {
        return compare(
                new Judgement.Subject(generated.name(), data.name(), preparation.size()),
                PixelBatches.real(generated, preparation, count, BATCH, progress),
                PixelBatches.real(data, preparation, count, BATCH, progress));
    }

    private Judgement compare(Judgement.Subject subject, PixelBatches generated, PixelBatches real) {
        long begun = System.nanoTime();
        FeatureCollector fake = new FeatureCollector(network, protocol);
        FeatureCollector reference = new FeatureCollector(network, protocol);
        List<int[]> shown = new ArrayList<>();
        List<int[]> expected = new ArrayList<>();
        ClassCoverage classes = network instanceof Classifier classifier ? new ClassCoverage(classifier) : null;
        generated.forEach(pixels -> {
            fake.add(pixels);
            if (network instanceof RoomsJudge rooms) shown.addAll(List.of(rooms.attributes(pixels)));
            if (classes != null) classes.add(pixels);
        });
        real.forEach(pixels -> {
            reference.add(pixels);
            if (network instanceof RoomsJudge rooms) expected.addAll(List.of(rooms.attributes(pixels)));
        });
        Judgement.Modes modes = Judgement.Modes.UNKNOWN;
        if (classes != null) modes = classes(classes.histogram());
        if (network instanceof RoomsJudge) modes = attributes(shown, expected);
        return Judgement.of(subject, Evaluation.of(reference, fake), modes, (System.nanoTime() - begun) * 1e-9);
    }

    private static Judgement.Modes classes(CategoryHistogram histogram) {
        double[] shares = histogram.shares();
        double even = 0;
        for (double share : shares) if (share >= 0.5 / shares.length) even++;
        return new Judgement.Modes(
                histogram.present(), even / shares.length, Map.of("class", Judgement.Modes.shares(histogram)));
    }

    private static Judgement.Modes attributes(List<int[]> shown, List<int[]> expected) {
        AttributeCoverage coverage =
                AttributeCoverage.of(RoomsJudge.values(), shown.toArray(int[][]::new), expected.toArray(int[][]::new));
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        for (RoomAttribute attribute : RoomAttribute.values())
            shares.put(
                    attribute.key(),
                    Judgement.Modes.shares(coverage.histograms().get(attribute.ordinal())));
        return new Judgement.Modes(coverage.present(), coverage.present(0.5), shares);
    }
}
