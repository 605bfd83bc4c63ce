package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** Denoises each channel as a grey image. */
record ChannelwiseDenoiser(Denoiser grey) implements Denoiser {
    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        long n = noisy.size(0), c = noisy.size(1), h = noisy.size(2), w = noisy.size(3);
        return Scope.tidy(
                () -> grey.denoise(noisy.reshape(n * c, 1, h, w), level).reshape(n, c, h, w));
    }
}
