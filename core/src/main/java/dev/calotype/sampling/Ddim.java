package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * Song et al. (2021), eq. 12, at every step of {@code schedule} (give it {@link NoiseSchedule#respaced} for fewer): a
 * first-order method that goes to any level, deterministic for η = 0, as random as {@link Ancestral} for η = 1. The
 * last step ends at no noise at all.
 *
 * @param eta how much fresh noise each step adds, 0..1
 */
public record Ddim(NoiseSchedule schedule, double eta) implements Sampler {
    public Ddim {
        if (!(eta >= 0 && eta <= 1)) throw new IllegalArgumentException("eta must be in 0..1: " + eta);
    }

    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        int last = schedule.steps() - 1;
        return Steps.run(noise, last + 1, (x, i) -> step(denoiser, x, last - i, rng));
    }

    Tensor step(Denoiser denoiser, Tensor noisy, int t, Rng rng) {
        NoiseLevel from = schedule.level(t);
        NoiseLevel to = before(t);
        Tensor clean = denoiser.denoise(noisy, from); // (N, C, H, W)
        double fresh = eta * to.noise() / from.noise() * Math.sqrt(schedule.beta(t)); // σ_t of eq. 16
        return transition(noisy, clean, from, to, fresh, rng);
    }

    /**
     * Eq. 12: from a noisy image and what is behind it to a less noisy one.
     *
     * @param fresh σ, the standard deviation of the noise that is added, at most that of {@code to}
     * @return (N, C, H, W)
     */
    public static Tensor transition(Tensor noisy, Tensor clean, NoiseLevel from, NoiseLevel to, double fresh, Rng rng) {
        return transition(noisy, clean, Clip.NONE, new Walk.Leg(from, to), fresh, rng);
    }

    /** The same with {@code clip} done to the image that is kept, and not to the noise. */
    static Tensor transition(Tensor noisy, Tensor clean, Clip clip, Walk.Leg leg, double fresh, Rng rng) {
        NoiseLevel to = leg.to();
        Tensor eps = noise(noisy, clean, leg.from()); // (N, C, H, W)
        double kept = Math.sqrt(Math.max(0, to.noise() * to.noise() - fresh * fresh));
        Tensor mean = combine(to.signal(), clip.apply(clean), kept, eps); // (N, C, H, W)
        return fresh == 0 ? mean : mean.add(scale(fresh, rng.normalLike(mean))); // (N, C, H, W)
    }

    /** The noise in a noisy image, given what is behind it, (N, C, H, W). */
    static Tensor noise(Tensor noisy, Tensor clean, NoiseLevel level) {
        return combine(1 / level.noise(), noisy, -level.signal() / level.noise(), clean);
    }

    private NoiseLevel before(int t) {
        return t == 0 ? NoiseLevel.CLEAN : schedule.level(t - 1);
    }

    /**
     * The noise that {@code Ddim(schedule, 0)} turns into {@code image}; η plays no part. Each step solves the step of
     * sampling for its input by {@code iterations} fixed-point iterations: one is the usual DDIM encoding, whose error is
     * that of the step, a few more make the inverse exact where the denoiser keeps what it sees (Pan et al. 2023).
     *
     * @param image x₀, (N, C, H, W)
     * @param iterations network calls per step, at least 1
     * @return the noise in the caller's scope, (N, C, H, W)
     */
    public Tensor invert(Denoiser denoiser, Tensor image, int iterations) {
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
        if (schedule.sigmaMax() == Double.POSITIVE_INFINITY)
            throw new IllegalArgumentException(
                    "a schedule that ends in pure noise cannot be inverted, for nothing of the image is left: "
                            + schedule);
        return Steps.run(image, schedule.steps(), (known, t) -> {
            Tensor guess = known;
            for (int k = 0; k < iterations; k++) {
                Tensor last = guess;
                guess = Scope.tidy(() -> unstep(denoiser, known, last, t));
            }
            return guess;
        });
    }

    /** A better input of step {@code t}, whose output is {@code known}. */
    private Tensor unstep(Denoiser denoiser, Tensor known, Tensor guess, int t) {
        NoiseLevel from = schedule.level(t);
        NoiseLevel to = before(t);
        Tensor clean = denoiser.denoise(guess, from); // (N, C, H, W)
        Tensor eps = noise(guess, clean, from); // (N, C, H, W)
        double ratio = from.signal() / to.signal();
        return combine(ratio, known, from.noise() - ratio * to.noise(), eps); // (N, C, H, W)
    }

    @Override
    public int calls() {
        return schedule.steps();
    }
}
