package dev.calotype.kind.rooms;

import dev.calotype.judge.Flaw;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * A picture and how much is wrong with it.
 *
 * @param picture fp32 (1, 3, S, S) in [-1, 1]
 * @param flaws one for each {@link Flaw}, 0..1; NaN where nobody knows
 */
record Flawed(Tensor picture, double[] flaws) {
    /** A picture without flaws. */
    static Flawed none(Tensor picture) {
        return new Flawed(picture, new double[Flaw.values().length]);
    }

    /** Another picture that has a flaw besides. */
    Flawed with(Tensor changed, Flaw flaw, double strength) {
        double[] all = flaws.clone();
        double former = all[flaw.ordinal()];
        all[flaw.ordinal()] = 1 - (1 - former) * (1 - Math.min(1, strength)); // NaN stays
        return new Flawed(changed, all);
    }

    /** This picture, of which nobody knows how much of a flaw it has. */
    Flawed unsure(Flaw flaw) {
        double[] all = flaws.clone();
        all[flaw.ordinal()] = Double.NaN;
        return new Flawed(picture, all);
    }

    double strength(Flaw flaw) {
        return flaws[flaw.ordinal()];
    }

    /** How much of a room is left, 0..1: the product of what each known flaw leaves. */
    double room() {
        return Arrays.stream(flaws)
                .filter(flaw -> !Double.isNaN(flaw))
                .map(flaw -> 1 - flaw)
                .reduce(1, (a, b) -> a * b);
    }

    /** Whether its attributes can still be read: it is blurred, noisy or in blocks at most. */
    boolean legible() {
        return room() > 0.4
                && strength(Flaw.COLOURS) + strength(Flaw.DISORDER) + strength(Flaw.MIXTURE) == 0; // not where NaN
    }
}
