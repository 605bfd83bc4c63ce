package dev.calotype.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether generated pictures show all values of all attributes, such as every wall colour and every kind of lamp, in about
 * the right shares.
 *
 * <p>Attributes are numbered, as are the values of each; a picture is a row of value numbers, one per attribute, or
 * {@link CategoryHistogram#UNKNOWN} where nobody can tell.
 *
 * @param histograms of the generated pictures, one per attribute
 * @param expected of the pictures they should resemble, of the same values; where all values should be equally frequent,
 *     see {@link #uniform}
 */
public record AttributeCoverage(List<CategoryHistogram> histograms, List<CategoryHistogram> expected) {
    public AttributeCoverage {
        histograms = List.copyOf(histograms);
        expected = List.copyOf(expected);
        if (histograms.isEmpty()) throw new IllegalArgumentException("attributes must not be empty");
        if (histograms.size() != expected.size())
            throw new IllegalArgumentException(
                    histograms.size() + " attributes do not match " + expected.size() + " expected ones");
        for (int a = 0; a < histograms.size(); a++)
            if (!histograms.get(a).categories().equals(expected.get(a).categories()))
                throw new IllegalArgumentException("attribute " + a + " has the values "
                        + histograms.get(a).categories() + ", expected "
                        + expected.get(a).categories());
    }

    /**
     * Counts rows of values and expects the shares of other rows.
     *
     * @param values the known values of each attribute
     * @param rows of the generated pictures: {@code rows[n][a]} points into {@code values.get(a)}
     * @param reference rows of the pictures that they should resemble
     */
    public static AttributeCoverage of(List<List<String>> values, int[][] rows, int[][] reference) {
        return new AttributeCoverage(histograms(values, rows), histograms(values, reference));
    }

    /** {@link #of} where every value of an attribute is expected equally often. */
    public static AttributeCoverage uniform(List<List<String>> values, int[][] rows) {
        List<CategoryHistogram> expected = values.stream()
                .map(names -> CategoryHistogram.of(
                        names, IntStream.range(0, names.size()).toArray()))
                .toList();
        return new AttributeCoverage(histograms(values, rows), expected);
    }

    private static List<CategoryHistogram> histograms(List<List<String>> values, int[][] rows) {
        for (int[] row : rows)
            if (row.length != values.size())
                throw new IllegalArgumentException(
                        "a picture must have " + values.size() + " attribute values: " + row.length);
        List<CategoryHistogram> histograms = new ArrayList<>();
        for (int a = 0; a < values.size(); a++) {
            int column = a;
            int[] indices =
                    IntStream.range(0, rows.length).map(n -> rows[n][column]).toArray();
            histograms.add(CategoryHistogram.of(values.get(a), indices));
        }
        return histograms;
    }

    /** The share of the expected values, over all attributes, that occur at least once, 0..1. */
    public double present() {
        return present(Double.MIN_VALUE);
    }

    /**
     * The share of the expected values, over all attributes, that occur in at least {@code fraction} of their expected
     * share. Values that are not expected at all do not count.
     *
     * @param fraction above 0 and at most 1
     */
    public double present(double fraction) {
        if (!(fraction > 0 && fraction <= 1))
            throw new IllegalArgumentException("fraction must be above 0 and at most 1: " + fraction);
        int wanted = 0;
        int found = 0;
        for (int a = 0; a < histograms.size(); a++) {
            double[] shares = histograms.get(a).shares();
            double[] want = expected.get(a).shares();
            for (int v = 0; v < want.length; v++) {
                if (want[v] == 0) continue;
                wanted++;
                if (shares[v] > 0 && shares[v] >= fraction * want[v]) found++;
            }
        }
        return wanted == 0 ? 1 : (double) found / wanted;
    }

    /** The total-variation distance of each attribute to what was expected, 0..1. */
    public double[] distances() {
        return IntStream.range(0, histograms.size())
                .mapToDouble(a -> histograms.get(a).distance(expected.get(a)))
                .toArray();
    }
}
