package dev.calotype.diffusion;

import dev.calotype.tensor.Rng;
import java.util.Arrays;

/**
 * Importance sampling for {@link Loss#VLB}: p(t) ∝ √E[L_t²] over the last 10 losses of each step, mixed with 0.001 of
 * the uniform distribution, which alone is used until every step has its 10 losses (Nichol &amp; Dhariwal 2021, eq. 18).
 *
 * <p>Mutable and not thread-safe. {@link #history} and {@link #restore} carry it through a checkpoint, without which a
 * resumed run would warm up again.
 */
public final class LossSecondMoment implements TimestepSampler {
    private static final int TERMS = 10;
    private static final double UNIFORM = 0.001;

    /**
     * What the sampler has seen.
     *
     * @param losses the last losses of each step, oldest first and 0 where there are none yet, (steps)(10) flattened
     * @param counts how many of them there are, 0..10, (steps)
     */
    public record History(double[] losses, int[] counts) {}

    private final double[] losses;
    private final int[] counts;

    /** A sampler of steps in 0..steps-1 that has seen nothing. */
    public LossSecondMoment(int steps) {
        if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        losses = new double[steps * TERMS];
        counts = new int[steps];
    }

    @Override
    public Draw draw(int count, Rng rng) {
        double[] p = probabilities();
        double[] cumulative = p.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
        int[] t = new int[count];
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            double u = rng.nextDouble() * cumulative[p.length - 1];
            int found = Arrays.binarySearch(cumulative, u);
            t[i] = Math.min(found >= 0 ? found + 1 : -found - 1, p.length - 1);
            weights[i] = 1 / (p.length * p[t[i]]);
        }
        return new Draw(t, weights);
    }

    /** p(t), which sums to 1. */
    public double[] probabilities() {
        int steps = counts.length;
        double[] p = new double[steps];
        if (!warmedUp()) {
            Arrays.fill(p, 1.0 / steps);
            return p;
        }
        for (int t = 0; t < steps; t++) {
            double sum = 0;
            for (int k = 0; k < TERMS; k++) sum += losses[t * TERMS + k] * losses[t * TERMS + k];
            p[t] = Math.sqrt(sum / TERMS);
        }
        double total = Arrays.stream(p).sum();
        for (int t = 0; t < steps; t++)
            p[t] = (total > 0 ? p[t] / total : 1.0 / steps) * (1 - UNIFORM) + UNIFORM / steps;
        return p;
    }

    /** Whether every step has its 10 losses. */
    public boolean warmedUp() {
        return Arrays.stream(counts).allMatch(n -> n == TERMS);
    }

    /** @throws IllegalArgumentException if a loss is not finite, or there is not one per step */
    @Override
    public void update(int[] t, double[] values) {
        if (t.length != values.length)
            throw new IllegalArgumentException(values.length + " losses for " + t.length + " steps");
        for (int i = 0; i < t.length; i++) {
            if (!Double.isFinite(values[i]))
                throw new IllegalArgumentException("the loss at step " + t[i] + " must be finite: " + values[i]);
            int start = t[i] * TERMS;
            if (counts[t[i]] == TERMS) System.arraycopy(losses, start + 1, losses, start, TERMS - 1);
            else counts[t[i]]++;
            losses[start + counts[t[i]] - 1] = values[i];
        }
    }

    /** A copy of what was seen. */
    public History history() {
        return new History(losses.clone(), counts.clone());
    }

    /** Goes on from {@code history}, of a sampler of as many steps. */
    public void restore(History history) {
        if (history.counts().length != counts.length || history.losses().length != losses.length)
            throw new IllegalArgumentException(
                    "a history of " + history.counts().length + " steps does not fit " + counts.length + " steps");
        for (int count : history.counts())
            if (count < 0 || count > TERMS)
                throw new IllegalArgumentException("a count must be in 0.." + TERMS + ": " + count);
        System.arraycopy(history.losses(), 0, losses, 0, losses.length);
        System.arraycopy(history.counts(), 0, counts, 0, counts.length);
    }
}
