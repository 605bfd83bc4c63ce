package dev.calotype.metric;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well a classifier names pictures whose classes are known.
 *
 * @param images how many were named
 * @param top1 the share whose class has the highest score, 0..1
 * @param top5 the share whose class is among the five highest; null of at most five classes
 * @param loss the mean cross-entropy in nats
 * @param ece the expected calibration error (Naeini et al. 2015; Guo et al. 2017): the mean distance of confidence and accuracy over
 *     15 bins of equal width, by how many pictures they hold, 0..1
 * @param bins of the calibration, those without pictures left out
 * @param classes one for each class, in its order
 * @param confusion of each true class, how many pictures were given each name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Classification(
        long images,
        double top1,
        Double top5,
        double loss,
        double ece,
        List<Bin> bins,
        List<Named> classes,
        List<List<Long>> confusion) {
    static final int BINS = 15;

    /**
     * Pictures that were named with about the same confidence.
     *
     * @param confidence the mean of the highest probability
     * @param accuracy the share that was named rightly
     */
    public record Bin(long images, double confidence, double accuracy) {}

    /**
     * How well one class is known.
     *
     * @param images that are of it
     * @param recall the share of these that is called so; 0 where there are none
     * @param precision the share of those called so that are of it; 0 where there are none
     */
    public record Named(String name, long images, double recall, double precision) {}

    public Classification {
        bins = List.copyOf(bins);
        classes = List.copyOf(classes);
        confusion = confusion.stream().map(List::copyOf).toList();
    }

    /** Counts batch after batch. Belongs to one thread. */
    public static final class Counter {
        private final List<String> names;
        private final long[][] confusion;
        private final double[] confidence = new double[BINS];
        private final long[] right = new long[BINS], held = new long[BINS];
        private long images, first, five;
        private double loss;

        /** @param names of the K classes, in the order of the logits */
        public Counter(List<String> names) {
            this.names = List.copyOf(names);
            confusion = new long[names.size()][names.size()];
        }

        /**
         * Counts pictures.
         *
         * @param logits N rows of K
         * @param labels N true classes
         * @throws IllegalArgumentException if a logit is not finite
         */
        public void add(double[] logits, int[] labels) {
            int k = names.size();
            if (logits.length != labels.length * k)
                throw new IllegalArgumentException(
                        logits.length + " logits are not those of " + labels.length + " pictures of " + k + " classes");
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] >= k)
                    throw new IllegalArgumentException("a label must be one of " + k + " classes: " + labels[i]);
                double[] row = Arrays.copyOfRange(logits, i * k, (i + 1) * k);
                for (double logit : row)
                    if (!Double.isFinite(logit)) throw new IllegalArgumentException("a logit must be finite: " + logit);
                add(row, labels[i]);
            }
        }

        private void add(double[] row, int label) {
            int best = 0, above = 0;
            for (int c = 1; c < row.length; c++) if (row[c] > row[best]) best = c;
            for (int c = 0; c < row.length; c++) if (row[c] > row[label] || row[c] == row[label] && c < label) above++;
            double sum = 0;
            for (double each : row) sum += Math.exp(each - row[best]);
            double confident = 1 / sum;
            int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confident * BINS) - 1)); // bins are open below
            images++;
            confusion[label][best]++;
            if (best == label) first++;
            if (above < 5) five++;
            loss += Math.log(sum) + row[best] - row[label];
            held[bin]++;
            confidence[bin] += confident;
            if (best == label) right[bin]++;
        }

        /**
         * What was counted.
         *
         * @throws IllegalStateException if nothing was
         */
        public Classification result() {
            if (images == 0) throw new IllegalStateException("no pictures were named");
            List<Bin> bins = new ArrayList<>();
            double ece = 0;
            for (int b = 0; b < BINS; b++) {
                if (held[b] == 0) continue;
                Bin bin = new Bin(held[b], confidence[b] / held[b], (double) right[b] / held[b]);
                bins.add(bin);
                ece += Math.abs(bin.confidence() - bin.accuracy()) * bin.images() / images;
            }
            Double top5 = names.size() > 5 ? (double) five / images : null;
            double n = images;
            return new Classification(images, first / n, top5, loss / n, ece, bins, named(), rows());
        }

        private List<Named> named() {
            List<Named> named = new ArrayList<>();
            for (int c = 0; c < names.size(); c++) {
                long of = Arrays.stream(confusion[c]).sum(), called = 0;
                for (long[] row : confusion) called += row[c];
                double hits = confusion[c][c];
                named.add(new Named(names.get(c), of, of == 0 ? 0 : hits / of, called == 0 ? 0 : hits / called));
            }
            return named;
        }

        private List<List<Long>> rows() {
            return Arrays.stream(confusion)
                    .map(row -> Arrays.stream(row).boxed().toList())
                    .toList();
        }
    }
}
