package dev.calotype.sampling;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.Prediction;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Classifier-free guidance (Ho &amp; Salimans 2022): x̂₀ = D(∅) + w·(D(c) − D(∅)), in one call for both halves. In the
 * image this is the same as in the noise or the velocity, so long as the halves are not clipped before they are mixed:
 * give it a denoiser with {@link Clip#NONE}, and the clip here.
 *
 * @param paired is given the batch twice, (2N, C, H, W): it conditions the first half and not the second
 * @param weight w: 0 ignores the condition, 1 is the conditional model, above 1 exaggerates the condition
 * @param clip what is done to the mixed image
 */
public record Guidance(Denoiser paired, double weight, Clip clip) implements Denoiser {
    public Guidance {
        if (!Double.isFinite(weight)) throw new IllegalArgumentException("weight must be finite: " + weight);
    }

    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        return Scope.tidy(() -> predict(noisy, level).clean());
    }

    /** The variance is that of the conditional half. */
    @Override
    public Prediction predict(Tensor noisy, NoiseLevel level) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Prediction both = paired.predict(Tensors.cat(0, noisy, noisy), level);
            Tensor[] halves = Tensors.chunk(both.clean(), 2, 0); // (N, C, H, W) each
            Tensor mixed = clip.apply(Tensors.combine(weight, halves[0], 1 - weight, halves[1])); // (N, C, H, W)
            Tensor fraction = both.varianceFraction();
            return new Tensor[] {mixed, fraction == null ? null : Tensors.chunk(fraction, 2, 0)[0]};
        });
        return new Prediction(parts[0], parts[1]);
    }
}
