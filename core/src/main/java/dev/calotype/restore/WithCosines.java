package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * The mean of what a denoiser and {@link SlidingDct} answer. Both err, a network where a texture is like none that it has learned, cosines
 * at edges, and their errors have little in common, so that the mean is nearer to the truth than either. Cosines have a share of
 * {@code level} / σ, a half at most: they are the better, the weaker the noise.
 *
 * @param denoiser borrowed by whom it belongs to
 * @param level in units of [-1, 1], at least 0
 */
public record WithCosines(GaussianDenoiser denoiser, double level) implements GaussianDenoiser {
    private static final double MOST = 0.5;

    public WithCosines {
        if (!(level >= 0)) throw new IllegalArgumentException("level must be at least 0: " + level);
    }

    @Override
    public Tensor denoise(Tensor noisy, double sigma) {
        return mean(sigma, each -> each.denoise(noisy, sigma));
    }

    @Override
    public Tensor inHoles(Tensor noisy, double sigma, Masking mask) {
        return mean(sigma, each -> each.inHoles(noisy, sigma, mask));
    }

    private Tensor mean(double sigma, Function<GaussianDenoiser, Tensor> answer) {
        if (level == 0) return answer.apply(denoiser);
        double share = Math.min(MOST, level / sigma);
        return Scope.tidy(
                () -> Tensors.combine(1 - share, answer.apply(denoiser), share, answer.apply(SlidingDct.USUAL)));
    }
}
