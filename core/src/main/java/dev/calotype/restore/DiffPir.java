package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws one image that agrees with an observation, with a denoiser as the prior (DiffPIR; Zhu et al., <em>Denoising Diffusion
 * Models for Plug-and-Play Image Restoration</em>, 2023), on levels of noise that fall at equal ratios. At each of them
 * x̂₀ = D_s(x) is made to agree with y, x̂ = x̂₀ + Aᵀ (A Aᵀ + σ² / s²)⁻¹ (y − A x̂₀), and x goes to the next level t,
 *
 * <p>x̂ + t (√(1 − ζ) (x − x̂) / s + √ζ n), n fresh noise.
 *
 * <p>Where y says something for certain, such as what a JPEG file may have been, x̂ is x̂₀ moved to the nearest that it allows. Without
 * noise in y that is DDNM (Wang et al. 2023), and the answer agrees with y exactly. Another seed draws another image;
 * {@link PlugAndPlay} seeks the likeliest, which is smooth where much is missing.
 *
 * @param denoiser borrowed
 * @param steps at least 1
 * @param first level, in units of [-1, 1], at least {@code last}
 * @param last level, in the same units, more than 0
 * @param zeta share of fresh noise, 0..1: 0 draws with the deviation of the prior, 1 nearer to its mean
 * @param draws that are averaged, at least 1: the mean of many is nearer to the truth, and smoother
 */
public record DiffPir(GaussianDenoiser denoiser, int steps, double first, double last, double zeta, int draws)
        implements Restorer {
    public DiffPir {
        if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        if (!(last > 0)) throw new IllegalArgumentException("last must be more than 0: " + last * Images.LEVELS);
        if (!(first >= last))
            throw new IllegalArgumentException(
                    "first must be at least last, " + last * Images.LEVELS + ": " + first * Images.LEVELS);
        if (!(zeta >= 0 && zeta <= 1)) throw new IllegalArgumentException("zeta must be in 0..1: " + zeta);
        if (draws < 1) throw new IllegalArgumentException("draws must be at least 1: " + draws);
    }

    @Override
    public Restored restore(Observation seen, Rng rng, Budget budget, Watcher watcher) {
        Budget.Clock clock = budget.start();
        int total = Math.min(steps, budget.iterationsOr(steps));
        Restored[] result = {null};
        Tensor image = Scope.inference(() -> {
            Tensor begun = PlugAndPlay.start(seen, rng.fork(0)); // (1, C, H, W)
            Tensor each = begun.expand(draws, -1, -1, -1); // (N, C, H, W)
            Tensor[] start = {begun, Tensors.combine(1, each, first, rng.fork(1).normalLike(each))};
            Rng fresh = rng.fork(2);
            result[0] = Loop.run(
                    start,
                    new Loop.Limits(total, 0),
                    clock,
                    watcher,
                    (state, i) ->
                            step(seen, state[1], new double[] {level(i, total), level(i + 1, total)}, fresh.fork(i)));
            return result[0].image();
        });
        return new Restored(image, result[0].iteration(), result[0].iterations());
    }

    /** The mean of what is expected at a level, and images of the next one. */
    private Tensor[] step(Observation seen, Tensor x, double[] levels, Rng rng) {
        Tensor expected = Tensors.clip(denoiser.denoise(x, levels[0])); // (N, C, H, W)
        double ridge = seen.sigma() * seen.sigma() / (levels[0] * levels[0]);
        Tensor agreed = expected.add(seen.correction(expected, ridge)); // (N, C, H, W)
        Tensor old = Tensors.scale(Math.sqrt(1 - zeta) / levels[0], x.sub(agreed));
        Tensor noise = Tensors.combine(1, old, Math.sqrt(zeta), rng.normalLike(x));
        return new Tensor[] {Tensors.clip(agreed.mean(0).unsqueeze(0)), Tensors.combine(1, agreed, levels[1], noise)};
    }

    private double level(int i, int total) {
        return total == 1 ? first : first * Math.pow(last / first, (double) i / (total - 1));
    }
}
