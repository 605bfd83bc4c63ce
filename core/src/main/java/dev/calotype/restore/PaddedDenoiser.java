package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pads images at the right and the bottom to multiples of {@code factor}, by reflection, or by repeating the edge where an
 * image is too small to be reflected.
 */
record PaddedDenoiser(Denoiser denoiser, int factor) implements Denoiser {
    PaddedDenoiser {
        if (factor < 1) throw new IllegalArgumentException("factor must be at least 1: " + factor);
    }

    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        long height = noisy.size(2), width = noisy.size(3);
        long bottom = missing(height), right = missing(width);
        if (bottom == 0 && right == 0) return denoiser.denoise(noisy, level);
        return Scope.tidy(() -> {
            long[] padding = {0, right, 0, bottom};
            Tensor padded = bottom < height && right < width
                    ? torch.reflection_pad2d(noisy, padding)
                    : torch.replication_pad2d(noisy, padding); // (N, C, H', W')
            return denoiser.denoise(padded, level).narrow(2, 0, height).narrow(3, 0, width); // (N, C, H, W)
        });
    }

    private long missing(long size) {
        return Math.floorMod(-size, (long) factor);
    }
}
