package dev.calotype.restore;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.restore.DiffusionRestoration.Start;
import dev.calotype.sampling.Ddim;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * The reverse process from any level down, over levels that are even in the steps of the chain. The transitions are those
 * between the levels visited, not those of the long chain (DDIM, Song et al. 2021, eq. 12).
 *
 * @param eta how much fresh noise each step adds, 0..1; 1 is q(x_to | x_from, x̂₀)
 * @param repeats how often each step but the last is made
 */
record ReverseProcess(NoiseSchedule schedule, double eta, int repeats, Denoiser denoiser) {
    /** How often the denoiser is called on {@code levels} levels. */
    int calls(int levels) {
        return levels == 0 ? 0 : (levels - 1) * repeats + 1;
    }

    /** One draw over {@code levels} levels, or fewer where time is short; 0 returns the start. */
    Tensor draw(Start start, int levels, Rng rng, Pace pace) {
        if (levels == 0) return new Tensor(start.image());
        return Scope.inference(() -> {
            NoiseLevel from = schedule.levelAtSigma(start.sigma());
            double t = schedule.stepAt(start.sigma());
            Tensor x = begin(start, from, rng); // (N, C, H, W)
            for (int left = pace.affordable(levels, repeats); left > 1; left = pace.affordable(left - 1, repeats)) {
                t *= (left - 1.0) / left;
                NoiseLevel to = schedule.levelAtSigma(schedule.sigmaAt(t));
                for (int i = 1; i < repeats; i++) x = replaced(x, onceMore(x, from, to, rng, pace));
                x = replaced(x, step(x, from, to, rng, pace));
                from = to;
            }
            return predict(x, from, pace);
        });
    }

    private static Tensor replaced(Tensor before, Tensor after) {
        before.close();
        return after;
    }

    private static Tensor begin(Start start, NoiseLevel level, Rng rng) {
        return Scope.tidy(() -> {
            Tensor image = start.image(); // (N, C, H, W)
            Tensor noisy = start.added() == 0 ? image : image.add(scale(start.added(), rng.normalLike(image)));
            return scale(level.signal(), noisy); // (N, C, H, W)
        });
    }

    private Tensor predict(Tensor x, NoiseLevel level, Pace pace) {
        Tensor clean = denoiser.denoise(x, level); // (N, C, H, W)
        pace.called(clean);
        return clean;
    }

    private Tensor step(Tensor x, NoiseLevel from, NoiseLevel to, Rng rng, Pace pace) {
        return Scope.tidy(() -> {
            Tensor clean = predict(x, from, pace); // (N, C, H, W)
            double fresh = eta * to.noise() / from.noise() * noise(to, from);
            return Ddim.transition(x, clean, from, to, fresh, rng); // (N, C, H, W)
        });
    }

    /** A step to {@code to} and back: x at {@code from} again, more in keeping with what is known. */
    private Tensor onceMore(Tensor x, NoiseLevel from, NoiseLevel to, Rng rng, Pace pace) {
        return Scope.tidy(() -> {
            Tensor after = step(x, from, to, rng, pace); // (N, C, H, W)
            return combine(from.signal() / to.signal(), after, noise(to, from), rng.normalLike(after)); // (N, C, H, W)
        });
    }

    /** √(1 − (s_from/s_to)²): the noise that leads from the cleaner level to the noisier one. */
    private static double noise(NoiseLevel to, NoiseLevel from) {
        double ratio = from.signal() / to.signal();
        return Math.sqrt(Math.max(0, 1 - ratio * ratio));
    }
}
