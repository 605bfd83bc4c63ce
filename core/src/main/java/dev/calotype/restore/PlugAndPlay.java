package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * A denoiser in the place of a prior (half-quadratic splitting; Zhang et al., <em>Plug-and-Play Image Restoration with Deep
 * Denoiser Prior</em>, 2021): x = z + Aᵀ (A Aᵀ + λ σ² / s²)⁻¹ (y − A z), then z = D_s(x), while s falls from the level of the first guess to that
 * of the noise. Where nothing but noise is to be removed, the denoiser is called once, and what y says for certain is kept.
 *
 * @param denoiser borrowed
 * @param guess what is begun with
 * @param iterations at least 1
 * @param last the level that s does not fall below, in units of [-1, 1], more than 0, at most that of the guess
 * @param relaxation how far an iteration goes, as a multiple of the way to what the denoiser answers, in (0, 2); the last goes all the
 *     way. More than 1 gets there in fewer iterations (over-relaxation)
 */
public record PlugAndPlay(GaussianDenoiser denoiser, Guess guess, int iterations, double last, double relaxation)
        implements Restorer {
    /** A short {@link TotalVariation}, or where pixels are missing {@link HoleFilling}; its level is 49 of 255. */
    public static final Guess USUAL = new Guess(PlugAndPlay::start, 49 / Images.LEVELS);

    private static final double LAMBDA = 0.23;
    private static final TotalVariation START = new TotalVariation(1, 60);

    /** A first answer. */
    @FunctionalInterface
    public interface Start {
        Tensor of(Observation seen, Rng rng);
    }

    /**
     * What is begun with.
     *
     * @param level how far it is from the truth, as a level of noise, in units of [-1, 1]
     */
    public record Guess(Start start, double level) {}

    public PlugAndPlay {
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
        if (!(last > 0 && last <= guess.level()))
            throw new IllegalArgumentException(
                    "last must be in (0, " + Math.round(guess.level() * Images.LEVELS) + " / 127.5]: " + last);
        if (!(relaxation > 0 && relaxation < 2))
            throw new IllegalArgumentException("relaxation must be in (0, 2): " + relaxation);
    }

    /** From the usual guess. */
    public PlugAndPlay(GaussianDenoiser denoiser, int iterations, double last) {
        this(denoiser, USUAL, iterations, last, 1);
    }

    /** Down to the level 12.5 of 255: networks of one level fail below. */
    public PlugAndPlay(GaussianDenoiser denoiser, int iterations) {
        this(denoiser, iterations, 12.5 / Images.LEVELS);
    }

    /** With 16 iterations. */
    public PlugAndPlay(GaussianDenoiser denoiser) {
        this(denoiser, 16);
    }

    @Override
    public Restored restore(Observation seen, Rng rng, Budget budget, Watcher watcher) {
        Budget.Clock clock = budget.start();
        if (seen.operator() instanceof Identity) {
            Loop.Limits once = new Loop.Limits(seen.sigma() > 0 ? 1 : 0, 0);
            return Loop.run(new Tensor[] {seen.image()}, once, clock, watcher, (state, i) ->
                    new Tensor[] {Tensors.clip(certain(seen, denoiser.denoise(state[0], seen.sigma())))});
        }
        int total = Math.min(iterations, budget.iterationsOr(iterations));
        Restored[] result = {null};
        Tensor image = Scope.inference(() -> {
            Tensor[] start = {guess.start.of(seen, rng)};
            result[0] = Loop.run(start, new Loop.Limits(total, 0), clock, watcher, (state, i) ->
                    new Tensor[] {step(seen, state[0], level(seen, i, total), i + 1 < total ? relaxation : 1)});
            return result[0].image();
        });
        return new Restored(image, result[0].iteration(), result[0].iterations());
    }

    /** The usual guess. */
    static Tensor start(Observation seen, Rng rng) {
        if (seen.operator() instanceof Masking mask) return HoleFilling.of(seen.image(), mask);
        return START.restore(seen, rng, Budget.UNLIMITED, Watcher.NONE).image();
    }

    private Tensor step(Observation seen, Tensor z, double level, double share) {
        double ridge = LAMBDA * seen.sigma() * seen.sigma() / (level * level);
        Tensor agreeing = z.add(seen.correction(z, ridge));
        boolean known = seen.operator() instanceof Masking && seen.sigma() == 0;
        Tensor answer = known
                ? denoiser.inHoles(agreeing, level, (Masking) seen.operator())
                : denoiser.denoise(agreeing, level);
        Tensor next = share == 1 ? answer : Tensors.combine(1 - share, agreeing, share, answer);
        return Tensors.clip(known || seen.isCertain() ? next.add(seen.correction(next, 0)) : next);
    }

    /** The nearest image that y allows for certain. */
    private static Tensor certain(Observation seen, Tensor x) {
        return seen.feasible().project(x, seen.image());
    }

    /** Levels at equal ratios. */
    private double level(Observation seen, int i, int total) {
        double first = guess.level(), end = Math.max(last, Math.min(first, seen.sigma()));
        return total == 1 ? end : first * Math.pow(end / first, (double) i / (total - 1));
    }
}
