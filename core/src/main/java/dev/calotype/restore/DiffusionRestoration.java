package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Draws the image from the posterior of a diffusion prior and an observation y = A x₀ + n: the reverse process on few
 * levels, where every predicted image is first made to agree with what was seen.
 *
 * <ul>
 *   <li>Without noise that is DDNM (Wang et al. 2023), x̂₀ + A⁺ (y − A x̂₀), and the answer agrees with y exactly.
 *   <li>With noise it is the ridge of ΠGDM (Song et al. 2023) and DDNM+, at the measured error of x̂₀.
 *   <li>{@code repeats} above 1 goes back to the level before and on again, which spreads what was seen over the picture:
 *       RePaint (Lugmayr et al. 2022) for masks, the time travel of DDNM in general.
 *   <li>Where a {@link FeasibleSet} is known, as of JPEG, x̂₀ goes to the nearest image that fits, and the process starts
 *       at y.
 *   <li>Pure Gaussian noise needs none of this: y is itself an image of the process at the level of its noise, and the
 *       reverse process starts there. In one step this is E[x₀ | y], the least squared error; more steps are sharper.
 * </ul>
 *
 * @param prior for images of the size and channels of the picture
 * @param steps levels of the whole process; a start in its middle takes its share of them, at least 1
 * @param eta how much fresh noise each step adds, 0..1
 * @param repeats how often each step is made, at least 1
 * @param samples how many draws are averaged, at least 1: the mean of many is nearer to the truth and less sharp
 * @param consistency how the predicted image is made to agree
 */
public record DiffusionRestoration(
        DiffusionPrior prior, int steps, double eta, int repeats, int samples, Consistency consistency)
        implements Restorer {
    /** How a predicted image is made to agree with what was seen. */
    public enum Consistency {
        /** In the image, as if its error were white: quick, and exact without noise. */
        PROJECTION,
        /**
         * By the gradient through the denoiser (DPS, Chung et al. 2023; ΠGDM): three times the work, for what no projection
         * reaches.
         */
        GRADIENT
    }

    private static final double LARGEST = Math.exp(5.1); // as the samplers': above it nothing of an image is left

    public DiffusionRestoration {
        if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        if (!(eta >= 0 && eta <= 1)) throw new IllegalArgumentException("eta must be in 0..1: " + eta);
        if (repeats < 1) throw new IllegalArgumentException("repeats must be at least 1: " + repeats);
        if (samples < 1) throw new IllegalArgumentException("samples must be at least 1: " + samples);
    }

    /** One draw in {@code steps} steps by projection, as random as the process itself. */
    public DiffusionRestoration(DiffusionPrior prior, int steps) {
        this(prior, steps, 1, 1, 1, Consistency.PROJECTION);
    }

    /**
     * Where the reverse process begins.
     *
     * @param image (1, C, H, W)
     * @param added standard deviation of the noise that it is given, at least 0
     * @param sigma standard deviation of all noise that it then has: its level, at least 0; 0 needs no process
     */
    public record Start(Tensor image, double added, double sigma) {
        public Start {
            if (!(added >= 0)) throw new IllegalArgumentException("added must be at least 0: " + added);
            if (!(sigma >= 0)) throw new IllegalArgumentException("sigma must be at least 0: " + sigma);
        }

        /**
         * At an estimate whose root mean squared error is {@code error}: it is given noise of margin · error, and has
         * √(1 + margin²) · error then.
         *
         * @param margin at least 0; 0 trusts that the error looks like white noise
         */
        public static Start at(Tensor estimate, double error, double margin) {
            return new Start(estimate, margin * error, Math.hypot(1, margin) * error);
        }
    }

    /** {@inheritDoc} An iteration of the budget is one call of the denoiser. */
    @Override
    public Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher) {
        if (observation.operator() instanceof Identity) {
            Tensor y = observation.image();
            if (observation.feasible() == FeasibleSet.ALL)
                return run(prior.denoiser(), Start.at(y, observation.sigma(), 0), rng, budget, watcher);
            return restore(observation, Start.at(y, observation.sigma(), 1), rng, budget, watcher);
        }
        double sigma = Math.min(LARGEST, prior.schedule().sigmaMax());
        try (Tensor nothing =
                Scope.keep(() -> torch.zeros_like(observation.operator().adjoint(observation.image())))) {
            return restore(observation, new Start(nothing, sigma, sigma), rng, budget, watcher);
        }
    }

    /**
     * As {@link #restore(Observation, Rng, Budget, Watcher)}, but from somewhere on the way.
     *
     * @return in the caller's scope
     */
    public Restored restore(Observation observation, Start start, Rng rng, Budget budget, Watcher watcher) {
        Denoiser denoiser = new ObservedDenoiser(prior.denoiser(), observation, consistency, rng.fork(0));
        return run(denoiser, start, rng, budget, watcher);
    }

    private Restored run(Denoiser denoiser, Start start, Rng rng, Budget budget, Watcher watcher) {
        ReverseProcess process = new ReverseProcess(prior.schedule(), eta, repeats, denoiser);
        int levels = levels(start, budget);
        Pace pace = new Pace(budget.start(), samples * process.calls(levels), watcher);
        double[] spread = {Double.NaN};
        Tensor image = Scope.inference(() -> {
            Tensor first = process.draw(start, levels, rng.fork(1), pace); // (1, C, H, W)
            Tensor[] sums = {first, first.square()}; // over the draws, (1, C, H, W) each
            for (int i = 2; i <= samples && pace.affords(process.calls(levels)); i++) {
                pace.drawn(sums[0]);
                Tensor[] before = sums;
                Rng stream = rng.fork(i);
                sums = Scope.tidyAll(() -> {
                    Tensor x = process.draw(start, levels, stream, pace); // (1, C, H, W)
                    return new Tensor[] {before[0].add(x), before[1].add(x.square())};
                });
            }
            Tensor mean = Tensors.scale(1.0 / pace.draws(), sums[0]); // (1, C, H, W)
            if (pace.draws() > 1) spread[0] = spread(mean, sums[1], pace.draws());
            return Tensors.clip(mean);
        });
        return new Restored(image, pace.calls(), pace.calls(), spread[0]);
    }

    /** The standard deviation of draws, root mean square over pixels. */
    private static double spread(Tensor mean, Tensor squares, int draws) {
        Tensor excess = squares.sub(Tensors.scale(draws, mean.square())); // (1, C, H, W)
        return Math.sqrt(Math.max(0, excess.mean().item_double()) / (draws - 1));
    }

    /** Levels of one draw. */
    private int levels(Start start, Budget budget) {
        if (start.sigma() == 0) return 0;
        if (budget.iterations() > 0) return Math.max(1, (budget.iterations() / samples - 1) / repeats + 1);
        NoiseSchedule schedule = prior.schedule();
        return (int) Math.max(1, Math.ceil(steps * (schedule.stepAt(start.sigma()) + 1) / schedule.steps()));
    }
}
