package dev.calotype.app.bench;

import java.util.Arrays;

/** The middle of some values, and how far they lie apart. */
public record Spread(double median, double min, double lowerQuartile, double upperQuartile, double max) {
    /** Of at least one value. */
    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(
                quantile(sorted, 0.5),
                sorted[0],
                quantile(sorted, 0.25),
                quantile(sorted, 0.75),
                sorted[sorted.length - 1]);
    }

    /** Interpolated between the two nearest values. */
    private static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int low = (int) position;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (position - low) * (sorted[high] - sorted[low]);
    }
}
