package dev.calotype.judge;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Preparation;
import dev.calotype.data.Views;
import dev.calotype.io.Progress;
import dev.calotype.metric.Classification;
import dev.calotype.model.Classifier;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * How a classifier names the pictures of a data set.
 *
 * @param data what was named
 * @param classifier its name
 * @param hash of its weights
 * @param imagesPerSecond named, with reading them
 */
public record Naming(
        String data, String classifier, String hash, double imagesPerSecond, Classification classification) {
    private static final int BATCH = 64;

    /** How many samples of a data set that is drawn without end are named where nobody says. */
    private static final long OF_ENDLESS = 10_000;

    private static final long ENDLESS = 1L << 40;

    /**
     * Names pictures, each once.
     *
     * @param count of them, drawn at random; all of a smaller data set; {@code Long.MAX_VALUE} for all, or 10,000 of one that has no end
     * @throws IllegalArgumentException if the data set has no classes, or such as the classifier does not know
     */
    public static Naming of(
            Classifier classifier, ImageDataset data, Preparation preparation, long count, Progress progress) {
        int[] known = labels(classifier.classes(), data);
        Classification.Counter counter = new Classification.Counter(classifier.classes());
        long wanted = wanted(data, count);
        long begun = System.nanoTime();
        long read;
        try (OnePass pass = new OnePass(data, preparation, BATCH, 0, wanted)) {
            while (pass.hasNext()) {
                Batch part = relabelled(pass.next(), known);
                counter.add(Scope.read(() -> Tensors.doubles(classifier.logits(part.bytes()))), part.labels());
                progress.at("naming", pass.read(), wanted);
            }
            read = pass.read();
        }
        double seconds = Math.max(1e-9, (System.nanoTime() - begun) * 1e-9);
        return new Naming(data.name(), classifier.name(), classifier.hash(), read / seconds, counter.result());
    }

    /**
     * Names videos by the mean of the probabilities of several views of each.
     *
     * @param count of them, evenly spread over the data set; {@code Long.MAX_VALUE} for all
     * @throws IOException if a video cannot be read
     * @throws IllegalArgumentException as the other
     */
    public static Naming of(
            Classifier classifier,
            ImageDataset data,
            Preparation preparation,
            Views views,
            long count,
            Progress progress)
            throws IOException {
        int[] known = labels(classifier.classes(), data);
        Classification.Counter counter = new Classification.Counter(classifier.classes());
        long wanted = wanted(data, count);
        long begun = System.nanoTime();
        for (long i = 0; i < wanted; i++) {
            long index = (long) ((double) i * Math.min(data.size(), ENDLESS) / wanted);
            Batch looks = relabelled(views.of(data, index, preparation.plain()), known);
            double[] scores = Scope.read(() -> Tensors.doubles( // of probabilities that may be below any number
                    classifier.logits(looks.bytes()).log_softmax(1).logsumexp(0)));
            counter.add(scores, new int[] {looks.labels()[0]});
            progress.at("naming", i + 1, wanted);
        }
        double seconds = Math.max(1e-9, (System.nanoTime() - begun) * 1e-9);
        return new Naming(data.name(), classifier.name(), classifier.hash(), wanted / seconds, counter.result());
    }

    /** How many samples are tested where {@code count} are asked for, or as many as there are ({@code Long.MAX_VALUE}). */
    static long wanted(ImageDataset data, long count) {
        boolean all = count == Long.MAX_VALUE;
        return all && data.size() >= ENDLESS ? OF_ENDLESS : Math.min(count, data.size());
    }

    /**
     * What the classes of a data set are called by a classifier: their indices among {@code classes}, by name.
     *
     * @throws IllegalArgumentException if it has none, or one that is not among them
     */
    public static int[] labels(List<String> classes, ImageDataset data) {
        if (data.classes().isEmpty())
            throw new IllegalArgumentException("a classifier needs a data set with classes: " + data.name());
        return data.classes().stream()
                .mapToInt(name -> {
                    int index = classes.indexOf(name);
                    if (index < 0)
                        throw new IllegalArgumentException("the data set " + data.name() + " has a class that the"
                                + " classifier does not know, which knows " + shown(classes) + ": " + name);
                    return index;
                })
                .toArray();
    }

    private static String shown(List<String> classes) {
        int most = 12;
        return String.join(", ", classes.subList(0, Math.min(most, classes.size())))
                + (classes.size() > most ? " and " + (classes.size() - most) + " more" : "");
    }

    /** A batch whose labels point into the classes of a classifier. */
    public static Batch relabelled(Batch batch, int... known) {
        int[] labels = Arrays.stream(batch.labels())
                .map(label -> {
                    if (label < 0) throw new IllegalArgumentException("a picture of the data set has no class");
                    return known[label];
                })
                .toArray();
        return batch.with(Columns.LABEL, new Column.Numbers(labels));
    }
}
