package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The way of a sampler from noise to an image.
 *
 * @param legs what each step starts at and aims at, the noisiest first; usually a leg starts where the one before aimed
 * @param start what standard normal noise is multiplied by to begin with: 1, or less where the first level has some signal
 *     and a sampler makes allowance for it
 * @param skipped steps before the first that are not taken
 */
public record Walk(List<Leg> legs, double start, int skipped) {
    /** One step. */
    public record Leg(NoiseLevel from, NoiseLevel to) {
        /** λ' − λ, the growth of log(signal/noise); infinite to an image without noise. */
        double h() {
            return Math.log(from.sigma() / to.sigma());
        }

        /**
         * The step of first order of DPM-Solver++ (Lu et al. 2022, eq. 9): (noise'/noise)·x − signal'·(e^−h − 1)·x̂₀.
         *
         * @param clean x̂₀, taken to be the same all the way, (N, C, H, W)
         */
        Tensor solved(Tensor x, Tensor clean) {
            return combine(to.noise() / from.noise(), x, -to.signal() * Math.expm1(-h()), clean);
        }
    }

    public Walk {
        legs = List.copyOf(legs);
        if (legs.isEmpty()) throw new IllegalArgumentException("a walk must have at least 1 step: 0");
        if (skipped < 0) throw new IllegalArgumentException("skipped must be at least 0: " + skipped);
        if (!(start > 0 && start <= 1)) throw new IllegalArgumentException("start must be in (0, 1]: " + start);
    }

    /** With all of its steps. */
    public Walk(List<Leg> legs, double start) {
        this(legs, start, 0);
    }

    /** The way without its first steps, fewer than it has, for an image that is noised to the level of the next. */
    public Walk after(int skipped) {
        return skipped == 0 ? this : new Walk(legs.subList(skipped, legs.size()), 1, this.skipped + skipped);
    }

    /** A way through all {@code levels}, the noisiest first, to {@code end}. */
    static Walk through(List<NoiseLevel> levels, NoiseLevel end, double start) {
        List<Leg> legs = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++)
            legs.add(new Leg(levels.get(i), i + 1 < levels.size() ? levels.get(i + 1) : end));
        return new Walk(legs, start);
    }

    /**
     * A way through {@code steps} levels of a grid to an image without noise.
     *
     * @param schedule the whole schedule of the model, not a respaced one
     * @param steps at least 2
     */
    public static Walk of(NoiseSchedule schedule, int steps, Grid grid) {
        if (steps < 2) throw new IllegalArgumentException("steps must be at least 2: " + steps);
        return at(schedule, Arrays.stream(grid.sigmas(schedule, steps)).boxed().toList());
    }

    /** A way through the levels at which noise over signal is as said, falling, to an image without noise. */
    public static Walk at(NoiseSchedule schedule, List<Double> sigmas) {
        return through(sigmas.stream().map(schedule::levelAtSigma).toList(), NoiseLevel.CLEAN, 1);
    }

    int steps() {
        return legs.size();
    }

    Leg leg(int i) {
        return legs.get(i);
    }

    /** The level of the first call. */
    NoiseLevel first() {
        return legs.get(0).from();
    }

    /** The level of the call after step {@code i}, none after the last: what a known image is noised to there. */
    NoiseLevel next(int i) {
        return i + 1 < legs.size() ? legs.get(i + 1).from() : NoiseLevel.CLEAN;
    }
}
