package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Denoises grey images by a denoiser of colour images. Three channels with independent noise σ√3 have a mean with noise
 * σ. So a grey image with noise σ becomes a colour image at level σ√3 when noise of that level, less its mean over the
 * channels, is added to its copies: the copies' common noise takes the place of the mean. The answer is the mean of the
 * channels. The noise added is always the same, so that equal images have equal answers.
 *
 * @param schedule of the colour denoiser
 */
record GreyDenoiser(Denoiser colour, NoiseSchedule schedule) implements Denoiser {
    private static final int CHANNELS = 3;

    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        if (noisy.size(1) != 1) throw new IllegalArgumentException("expected 1 channel: " + noisy.size(1));
        return Scope.tidy(() -> {
            double sigma = Math.min(level.sigma() * Math.sqrt(CHANNELS), schedule.sigmaMax());
            NoiseLevel raised = schedule.levelAtSigma(sigma);
            Tensor eps = Rng.of(0).normal(noisy.size(0), CHANNELS, noisy.size(2), noisy.size(3)); // (N, 3, H, W)
            Tensor tint = Tensors.as(eps.sub(eps.mean(1).unsqueeze(1)), noisy); // (N, 3, H, W)
            Tensor copies = noisy.mul(new Scalar(raised.signal() / level.signal())); // (N, 1, H, W)
            Tensor lifted = copies.add(Tensors.scale(raised.noise(), tint)); // (N, 3, H, W)
            return colour.denoise(lifted, raised).mean(1).unsqueeze(1); // (N, 1, H, W)
        });
    }
}
