package dev.calotype.tensor;

import java.util.Locale;

/**
 * Where a network computes and in which element type.
 *
 * @param device holds the weights and all that is computed with them
 * @param precision of the network; weights are kept, averaged and saved in fp32 in any case
 */
public record Placement(Device device, Precision precision) {
    /** The fastest of this machine. */
    public static Placement best() {
        Device device = Device.best();
        return new Placement(device, Precision.best(device));
    }

    /** Such as {@code cuda:1 in bf16}. */
    @Override
    public String toString() {
        return device + " in " + precision.name().toLowerCase(Locale.ROOT);
    }
}
