package dev.calotype.train;

import java.util.Map;

/**
 * How fast the parts of a network learn.
 *
 * @param shares of the learning rate, 0..1, by how the names of parameters begin; the longest beginning counts, others have 1
 */
public record PartRates(Map<String, Double> shares) {
    /** All learn alike. */
    public static final PartRates EVEN = new PartRates(Map.of());

    public PartRates {
        shares = Map.copyOf(shares);
        for (double share : shares.values())
            if (!(share >= 0 && share <= 1)) throw new IllegalArgumentException("a share must be in 0..1: " + share);
    }

    /** Whether all learn alike. */
    public boolean areEven() {
        return shares.values().stream().allMatch(share -> share == 1);
    }

    /** The share of a parameter. */
    public double of(String parameter) {
        String longest = null;
        for (String beginning : shares.keySet())
            if (parameter.startsWith(beginning) && (longest == null || beginning.length() > longest.length()))
                longest = beginning;
        return longest == null ? 1 : shares.get(longest);
    }
}
