package dev.calotype.study;

import java.util.Arrays;

/**
 * Wilcoxon's signed-rank test of paired differences (Wilcoxon 1945), two-sided: whether they lie around zero. Pairs without
 * a difference are left out. Up to {@value #EXACT} pairs the distribution is exact, ties included; beyond it is normal, with
 * corrections for ties and for continuity.
 *
 * @param pairs with a difference
 * @param statistic the smaller sum of ranks
 * @param p the chance of so small a statistic where the differences lie around zero; 1 without pairs
 */
public record SignedRankTest(int pairs, double statistic, double p) {
    private static final int EXACT = 40;

    /** The test of these differences. */
    public static SignedRankTest of(double... differences) {
        double[] d = Arrays.stream(differences).filter(x -> x != 0).toArray();
        int n = d.length;
        if (n == 0) return new SignedRankTest(0, 0, 1);
        int[] ranks = doubledRanks(d);
        int total = n * (n + 1); // of doubled ranks
        int positive = 0;
        for (int i = 0; i < n; i++) if (d[i] > 0) positive += ranks[i];
        int smaller = Math.min(positive, total - positive);
        double p = n <= EXACT ? exact(ranks, smaller) : normal(ranks, smaller);
        return new SignedRankTest(n, smaller / 2.0, Math.min(1, p));
    }

    /** Twice the rank of each magnitude; those of equal magnitude share the mean of their ranks. */
    private static int[] doubledRanks(double[] d) {
        int[] ranks = new int[d.length];
        for (int i = 0; i < d.length; i++) {
            int below = 0, equal = 0;
            for (double other : d) {
                if (Math.abs(other) < Math.abs(d[i])) below++;
                if (Math.abs(other) == Math.abs(d[i])) equal++;
            }
            ranks[i] = 2 * below + equal + 1;
        }
        return ranks;
    }

    /** Counts the sums that all 2^n choices of signs give. */
    private static double exact(int[] ranks, int smaller) {
        int total = Arrays.stream(ranks).sum();
        double[] ways = new double[total + 1];
        ways[0] = 1;
        int reached = 0;
        for (int rank : ranks) {
            reached += rank;
            for (int sum = reached; sum >= rank; sum--) ways[sum] += ways[sum - rank];
        }
        double atMost = 0;
        for (int sum = 0; sum <= smaller; sum++) atMost += ways[sum];
        return 2 * atMost / Math.pow(2, ranks.length);
    }

    private static double normal(int[] ranks, int smaller) {
        double mean = Arrays.stream(ranks).sum() / 2.0;
        double variance = Arrays.stream(ranks).mapToDouble(r -> r * (double) r).sum() / 4; // ties make it smaller
        double z = (mean - smaller - 1) / Math.sqrt(variance); // a step of doubled ranks is 2: half of it is 1
        return 2 * upperTail(Math.max(0, z));
    }

    /** The chance that a standard normal value exceeds {@code z} >= 0 (Abramowitz and Stegun 26.2.17, to 7.5e-8). */
    private static double upperTail(double z) {
        double t = 1 / (1 + 0.2316419 * z);
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * sum;
    }
}
