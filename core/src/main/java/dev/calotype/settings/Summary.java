package dev.calotype.settings;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;

/**
 * A score over the seeds.
 *
 * @param spread sample standard deviation; null for a single seed, and where the mean is infinite
 * @param seeds how many
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Summary(double mean, Double spread, int seeds) {
    /** Of at least one value. */
    public static Summary of(List<Double> values) {
        int n = values.size();
        double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return new Summary(mean, n == 1 || Double.isInfinite(mean) ? null : (Double) Math.sqrt(squares / (n - 1)), n);
    }

    /** The mean, and the spread to the same digit. */
    @Override
    public String toString() {
        return Double.isFinite(mean) && !scientific(mean)
                ? toString(decimals(mean))
                : number(mean) + (spread == null ? "" : " ± " + number(spread));
    }

    /** The mean, and the spread if there is one, to so many decimals. */
    public String toString(int decimals) {
        String text = String.format(Locale.ROOT, "%." + decimals + "f", mean);
        return spread == null ? text : text + String.format(Locale.ROOT, " ± %." + decimals + "f", spread);
    }

    /** Four significant digits, and no more than a reader wants. */
    public static String number(double value) {
        if (!Double.isFinite(value)) return String.valueOf(value);
        return String.format(Locale.ROOT, scientific(value) ? "%.2e" : "%." + decimals(value) + "f", value);
    }

    private static boolean scientific(double value) {
        return value != 0 && Math.abs(value) < 0.001;
    }

    private static int decimals(double value) {
        double size = Math.abs(value);
        if (size >= 100) return size >= 1000 ? 0 : 1;
        if (size >= 10) return 2;
        return size >= 0.1 || size == 0 ? 3 : 4;
    }
}
