package dev.calotype.train;

import java.util.List;

/**
 * The moving averages that are kept of weights.
 *
 * @param decays of exponential ones, each in [0, 1)
 * @param lengths of those with a {@link PowerProfile}
 */
public record Averaging(List<Double> decays, List<Double> lengths) {
    public Averaging {
        decays = List.copyOf(decays);
        lengths = List.copyOf(lengths);
    }

    /** Exponential ones alone. */
    public static Averaging exponential(List<Double> decays) {
        return new Averaging(decays, List.of());
    }
}
