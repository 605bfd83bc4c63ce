package dev.calotype.train;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.model.Condition;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** What a network is told about a batch while it learns; may withhold it from some images at random. */
@FunctionalInterface
public interface Conditioning {
    Condition of(Batch batch, Rng rng);

    /** The network is told nothing. */
    static Conditioning none() {
        return (batch, rng) -> Condition.NONE;
    }

    /**
     * The network is told the class, or with probability {@code dropout} the class {@code noClass}.
     *
     * @param noClass the class that stands for none
     */
    static Conditioning labels(int noClass, double dropout) {
        return (batch, rng) -> {
            int[] labels = batch.labels().clone();
            for (int i = 0; i < labels.length; i++)
                if (rng.nextDouble() < dropout || labels[i] < 0) labels[i] = noClass;
            return Condition.ofLabels(labels);
        };
    }

    /** The network is told the column {@link Columns#EMBEDDING}, or with probability {@code dropout} zeros. */
    static Conditioning embeddings(double dropout) {
        return (batch, rng) -> {
            Column.Floats vectors = batch.columns().get(Columns.EMBEDDING, Column.Floats.class);
            boolean[] silent = new boolean[batch.count()];
            for (int i = 0; i < silent.length; i++) silent[i] = rng.nextDouble() < dropout;
            return new Condition(Columns.of(Columns.EMBEDDING, without(vectors, silent)));
        };
    }

    /**
     * The network is told the columns {@link Columns#EMBEDDING} and {@link Columns#WORDS}, or zeros instead.
     *
     * @param dropout how probable it is that both are withheld
     * @param wordless how probable it is of the others that the words are
     * @param wordsAlone how probable it is of the others that the embedding is
     */
    static Conditioning words(double dropout, double wordless, double wordsAlone) {
        return (batch, rng) -> {
            Column.Floats vectors = batch.columns().get(Columns.EMBEDDING, Column.Floats.class);
            Column.Floats words = batch.columns().get(Columns.WORDS, Column.Floats.class);
            boolean[] unseen = new boolean[batch.count()], unread = new boolean[batch.count()];
            for (int i = 0; i < unseen.length; i++) {
                boolean silent = rng.nextDouble() < dropout;
                double u = rng.nextDouble();
                unread[i] = silent || u < wordless;
                unseen[i] = silent || u >= wordless && u < wordless + wordsAlone;
            }
            return new Condition(new Columns(Map.of(
                    Columns.EMBEDDING, without(vectors, unseen),
                    Columns.WORDS, without(words, unread))));
        };
    }

    /** The rows, with zeros in those that are withheld. */
    private static Column.Floats without(Column.Floats rows, boolean[] withheld) {
        float[] values = rows.values().clone();
        int length = values.length / withheld.length;
        for (int i = 0; i < withheld.length; i++) if (withheld[i]) Arrays.fill(values, i * length, (i + 1) * length, 0);
        return new Column.Floats(values, rows.shape());
    }

    /** The network is shown the images in {@code size} pixels per side, under noise of a uniform share up to {@code most}. */
    static Conditioning smaller(int size, double most) {
        return (batch, rng) -> {
            double[] shares = new double[batch.count()];
            for (int i = 0; i < shares.length; i++) shares[i] = most * rng.nextDouble();
            return Scope.read(
                    () -> smaller(Kernels.resizeAntialiased(batch.images(), size, size), shares, rng.fork(0)));
        };
    }

    /**
     * The condition of small pictures under noise: sqrt(1 - s^2) x + s n.
     *
     * @param pictures x, fp32 (N, C, h, w) in [-1, 1]
     * @param shares s of each picture, 0..1
     */
    static Condition smaller(Tensor pictures, double[] shares, Rng rng) {
        return Scope.read(() -> {
            double[] kept = Arrays.stream(shares).map(s -> Math.sqrt(1 - s * s)).toArray();
            Tensor noise = rng.normalLike(pictures).mul(Tensors.perSample(shares, pictures)); // (N, C, h, w)
            Tensor seen = pictures.mul(Tensors.perSample(kept, pictures)).add(noise); // (N, C, h, w)
            float[] told = new float[shares.length];
            for (int i = 0; i < told.length; i++) told[i] = (float) shares[i];
            List<Integer> shape = List.of((int) seen.size(1), (int) seen.size(2), (int) seen.size(3));
            return new Condition(new Columns(Map.of(
                    Columns.SMALLER,
                    new Column.Floats(Tensors.floats(seen), shape),
                    Columns.NOISE,
                    new Column.Floats(told, List.of()))));
        });
    }
}
