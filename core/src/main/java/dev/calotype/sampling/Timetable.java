package dev.calotype.sampling;

import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Which time steps are visited, as the schedulers of diffusers 0.42 have it by {@code timestep_spacing}, {@code steps_offset} and
 * what they end at (Lin et al. 2023, table 2). What they do differs from one to the other, and not always as their names say.
 *
 * @param offset added to the steps of {@link Spacing#LEADING}, 0..1000
 * @param levels how the noise levels between the first and the last are spread
 * @param teacher of how many steps a distilled model learned, of which {@link #distilled} visits some, 1..1000
 */
public record Timetable(Spacing spacing, int offset, End end, Levels levels, int teacher) {
    /** How the steps are spread. */
    public enum Spacing {
        /** As the samplers here do by themselves. */
        USUAL,
        /** A whole-numbered stride from step 0. */
        LEADING,
        /** Evenly, both ends included. */
        LINSPACE,
        /** A stride back from the end. */
        TRAILING
    }

    /** What the last step leads to. */
    public enum End {
        /** An image without noise. */
        CLEAN,
        /** The level of step 0. */
        FIRST_STEP
    }

    private static final int TEACHER = 50;

    /** As the samplers here do. */
    public static final Timetable USUAL = new Timetable(Spacing.USUAL, 0, End.CLEAN);

    /** With the levels of the steps themselves. */
    public Timetable(Spacing spacing, int offset, End end) {
        this(spacing, offset, end, Levels.SPACED);
    }

    /** With the steps that latent consistency models learned of. */
    public Timetable(Spacing spacing, int offset, End end, Levels levels) {
        this(spacing, offset, end, levels, TEACHER);
    }

    /** ᾱ of the last step where the chain ends in pure noise, for samplers that divide by it. */
    private static final double LEAST_SIGNAL = Math.pow(2, -24);

    public Timetable {
        if (offset < 0 || offset > 1000) throw new IllegalArgumentException("offset must be in 0..1000: " + offset);
        if (teacher < 1 || teacher > 1000) throw new IllegalArgumentException("teacher must be in 1..1000: " + teacher);
        if (levels != Levels.SPACED && spacing == Spacing.USUAL)
            throw new IllegalArgumentException("levels must be spaced where spacing is usual: "
                    + levels.name().toLowerCase(Locale.ROOT));
    }

    /** The steps that {@code DDPMScheduler} and {@code DDIMScheduler} visit, the noisiest first. */
    public int[] points(int chain, int steps) {
        requireSteps();
        return table(chain, steps);
    }

    private int[] table(int chain, int steps) {
        requireRoom(chain, steps);
        return checked(
                chain,
                switch (spacing) {
                    case USUAL -> throw new IllegalArgumentException("the usual spacing is the sampler's own");
                    case LINSPACE ->
                        down(steps, k -> Math.rint(k * ((chain - 1.0) / Math.max(1, steps - 1)))); // as NumPy
                    case LEADING -> down(steps, k -> k * (chain / steps) + offset);
                    case TRAILING -> trailing(chain, steps);
                });
    }

    /** The steps that {@code DPMSolverMultistepScheduler} and {@code UniPCMultistepScheduler} visit, the noisiest first. */
    private int[] intervals(int chain, int steps) {
        requireRoom(chain, steps);
        return checked(
                chain,
                switch (spacing) {
                    case USUAL -> throw new IllegalArgumentException("the usual spacing is the sampler's own");
                    case LINSPACE -> down(steps, k -> Math.rint((k + 1) * ((chain - 1.0) / steps)));
                    case LEADING -> down(steps, k -> (k + 1) * (chain / (steps + 1)) + offset);
                    case TRAILING -> trailing(chain, steps);
                });
    }

    private static int[] trailing(int chain, int steps) {
        double stride = (double) chain / steps;
        return IntStream.range(0, steps)
                .map(k -> (int) Math.rint(chain - k * stride) - 1)
                .toArray();
    }

    private static int[] down(int steps, IntToDoubleFunction step) {
        return IntStream.range(0, steps)
                .map(k -> (int) step.applyAsDouble(steps - 1 - k))
                .toArray();
    }

    private static void requireRoom(int chain, int steps) {
        if (steps < 1 || steps > chain)
            throw new IllegalArgumentException("steps must be in 1.." + chain + ": " + steps);
    }

    private int[] checked(int chain, int[] steps) {
        int first = Arrays.stream(steps).max().orElseThrow();
        if (first >= chain)
            throw new IllegalArgumentException("offset must be at most " + (offset - first + chain - 1)
                    + " for so many steps, or the first is none of the chain's " + chain + ": " + offset);
        return steps;
    }

    /**
     * The way of {@code DDIMScheduler}: each step aims at the level {@code chain / steps} below, rounded down, whichever step
     * comes next.
     */
    public Walk ddim(NoiseSchedule schedule, int steps) {
        int stride = schedule.steps() / steps;
        List<Walk.Leg> legs = new ArrayList<>();
        for (int t : points(schedule.steps(), steps))
            legs.add(new Walk.Leg(schedule.level(t), t >= stride ? schedule.level(t - stride) : last(schedule)));
        return new Walk(legs, 1);
    }

    /**
     * The way of {@code LCMScheduler}, whatever the spacing: steps of those that its teacher took, evenly, the noisiest first.
     *
     * @param steps at most {@code teacher * strength}
     * @param strength the part of the teacher's steps that count, from the least noisy, above 0 up to 1
     */
    public Walk distilled(NoiseSchedule schedule, int steps, double strength) {
        requireSteps();
        int all = Math.min(teacher, schedule.steps()), known = (int) (all * strength), stride = schedule.steps() / all;
        if (steps < 1 || steps > known)
            throw new IllegalArgumentException("steps of lcm must be in 1.." + known
                    + ", the steps that the model learned of" + (strength < 1 ? " times the strength" : "") + ": "
                    + steps);
        List<NoiseLevel> visited = new ArrayList<>();
        for (int i = 0; i < steps; i++)
            visited.add(level(schedule, (known - (int) ((double) i * known / steps)) * stride - 1));
        return Walk.through(visited, NoiseLevel.CLEAN, 1);
    }

    /** The way of {@code DPMSolverMultistepScheduler} and {@code UniPCMultistepScheduler}. */
    public Walk solver(NoiseSchedule schedule, int steps) {
        if (levels != Levels.SPACED) {
            requireRoom(schedule.steps(), steps);
            requireSignal(schedule);
            double[] sigmas = levels.sigmas(schedule.sigmaMax(), schedule.sigmaMin(), steps);
            return Walk.through(
                    Arrays.stream(sigmas)
                            .mapToObj(sigma -> toldWhole(schedule, sigma))
                            .toList(),
                    last(schedule),
                    1);
        }
        List<NoiseLevel> levels = Arrays.stream(intervals(schedule.steps(), steps))
                .mapToObj(t -> level(schedule, t))
                .toList();
        return Walk.through(levels, last(schedule), 1);
    }

    /**
     * The way of {@code EulerDiscreteScheduler}, {@code EulerAncestralDiscreteScheduler} and {@code HeunDiscreteScheduler}: linspace
     * is not rounded but interpolated in σ, and starts with σ times noise where the level is √(σ² + 1) times noise.
     */
    public Walk euler(NoiseSchedule schedule, int steps) {
        int chain = schedule.steps();
        List<NoiseLevel> levels = new ArrayList<>();
        if (spacing == Spacing.LINSPACE) {
            requireRoom(chain, steps);
            for (int k = steps - 1; k >= 0; k--)
                levels.add(between(schedule, Math.min(chain - 1, k * ((chain - 1.0) / Math.max(1, steps - 1)))));
        } else for (int t : table(chain, steps)) levels.add(level(schedule, t));
        List<NoiseLevel> visited = levels;
        if (this.levels != Levels.SPACED) {
            requireSignal(schedule);
            double from = levels.get(0).sigma(), to = levels.get(steps - 1).sigma();
            visited = Arrays.stream(this.levels.sigmas(from, to, steps))
                    .mapToObj(schedule::levelAtSigma)
                    .toList();
        }
        double start = spacing == Spacing.LEADING ? 1 : visited.get(0).noise();
        return Walk.through(visited, last(schedule), start);
    }

    /** The level of that σ; the network is told a whole step, the nearest or with the levels that need not be, the one below. */
    private NoiseLevel toldWhole(NoiseSchedule schedule, double sigma) {
        double t = schedule.stepAt(sigma);
        NoiseLevel exact = schedule.levelAtSigma(sigma);
        int whole = (int) (levels == Levels.KARRAS ? Math.rint(t) : t);
        return new NoiseLevel(schedule.level(whole).time(), exact.signal(), exact.noise());
    }

    private void requireSteps() {
        if (levels != Levels.SPACED)
            throw new IllegalArgumentException(
                    "levels must be spaced with a sampler that goes by steps (ancestral, ddim, plms, lcm): "
                            + levels.name().toLowerCase(Locale.ROOT));
    }

    private void requireSignal(NoiseSchedule schedule) {
        if (Double.isInfinite(schedule.sigmaMax()))
            throw new IllegalArgumentException(
                    "levels must be spaced where the last step of the process is pure noise: "
                            + levels.name().toLowerCase(Locale.ROOT));
    }

    private NoiseLevel last(NoiseSchedule schedule) {
        return end == End.CLEAN ? NoiseLevel.CLEAN : schedule.level(0);
    }

    /** The level of a step, with a little signal where it has none. */
    private static NoiseLevel level(NoiseSchedule schedule, int t) {
        NoiseLevel level = schedule.level(t);
        return level.signal() > 0
                ? level
                : new NoiseLevel(level.time(), Math.sqrt(LEAST_SIGNAL), Math.sqrt(1 - LEAST_SIGNAL));
    }

    private static NoiseLevel between(NoiseSchedule schedule, double t) {
        int low = (int) t;
        NoiseLevel from = level(schedule, low);
        if (low == t) return from;
        NoiseLevel to = level(schedule, low + 1);
        double sigma = from.sigma() + (t - low) * (to.sigma() - from.sigma());
        double time = from.time() + (t - low) * (to.time() - from.time());
        return new NoiseLevel(time, 1 / Math.hypot(1, sigma), 1 / Math.hypot(1, 1 / sigma));
    }
}
