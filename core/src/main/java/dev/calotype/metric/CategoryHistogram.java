package dev.calotype.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often each of a fixed list of categories was seen, and what follows for diversity.
 *
 * @param categories their names, at least one
 * @param counts one for each category, at least 0
 * @param unknown how many were seen of which nobody can tell the category, at least 0; they count in the total alone
 */
public record CategoryHistogram(List<String> categories, List<Long> counts, long unknown) {
    /** The index of what has no known category. */
    public static final int UNKNOWN = -1;

    public CategoryHistogram {
        categories = List.copyOf(categories);
        counts = List.copyOf(counts);
        if (categories.isEmpty()) throw new IllegalArgumentException("categories must not be empty");
        if (counts.size() != categories.size())
            throw new IllegalArgumentException(
                    counts.size() + " counts do not match " + categories.size() + " categories");
        for (long count : counts)
            if (count < 0) throw new IllegalArgumentException("counts must be at least 0: " + count);
        if (unknown < 0) throw new IllegalArgumentException("unknown must be at least 0: " + unknown);
    }

    /**
     * Counts {@code indices} into {@code categories}, or {@link #UNKNOWN}.
     *
     * @throws IllegalArgumentException for an index that points to none
     */
    public static CategoryHistogram of(List<String> categories, int... indices) {
        long[] counts = new long[categories.size()];
        long unknown = 0;
        for (int index : indices) {
            if (index == UNKNOWN) {
                unknown++;
                continue;
            }
            if (index < 0 || index >= counts.length)
                throw new IllegalArgumentException("category must be in 0.." + (counts.length - 1) + ": " + index);
            counts[index]++;
        }
        return new CategoryHistogram(categories, Arrays.stream(counts).boxed().toList(), unknown);
    }

    /** This and {@code other} together, of the same categories. */
    public CategoryHistogram plus(CategoryHistogram other) {
        if (!categories.equals(other.categories))
            throw new IllegalArgumentException("categories differ: " + categories + " and " + other.categories);
        List<Long> sums = IntStream.range(0, counts.size())
                .mapToObj(i -> counts.get(i) + other.counts.get(i))
                .toList();
        return new CategoryHistogram(categories, sums, unknown + other.unknown);
    }

    /** How many were counted. */
    public long total() {
        return unknown + counts.stream().mapToLong(Long::longValue).sum();
    }

    /** The share of each category in the total; zeros if nothing was counted. */
    public double[] shares() {
        double total = Math.max(1, total());
        return counts.stream().mapToDouble(count -> count / total).toArray();
    }

    /** The share of the categories that were seen at least once, 0..1. */
    public double present() {
        return counts.stream().filter(count -> count > 0).count() / (double) counts.size();
    }

    /** The categories that were never seen. */
    public List<String> missing() {
        return IntStream.range(0, counts.size())
                .filter(i -> counts.get(i) == 0)
                .mapToObj(categories::get)
                .toList();
    }

    /** The entropy of the shares in nats: 0 for a single category, log K if all are equal. */
    public double entropy() {
        return -Arrays.stream(shares())
                .filter(p -> p > 0)
                .map(p -> p * Math.log(p))
                .sum();
    }

    /** The total-variation distance to shares that are all equal, 0..1. */
    public double distanceToUniform() {
        double[] uniform = new double[counts.size()];
        Arrays.fill(uniform, 1.0 / uniform.length);
        return distance(uniform);
    }

    /** The total-variation distance to the shares of {@code reference}, 0..1: half the sum of absolute differences. */
    public double distance(CategoryHistogram reference) {
        if (!categories.equals(reference.categories))
            throw new IllegalArgumentException("categories differ: " + categories + " and " + reference.categories);
        return distance(reference.shares());
    }

    private double distance(double[] expected) {
        double[] shares = shares();
        return IntStream.range(0, shares.length)
                        .mapToDouble(i -> Math.abs(shares[i] - expected[i]))
                        .sum()
                / 2;
    }
}
