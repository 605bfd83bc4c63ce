package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Denoises an image in overlapping squares, one after the other, and blends them: the weight of a pixel in a tile falls
 * off linearly over the overlap. Its memory beyond two images does not grow with the image.
 *
 * @param tile pixels per side; what is no larger goes through whole
 * @param overlap pixels that neighbours share at least
 */
record TiledDenoiser(Denoiser denoiser, int tile, int overlap) implements Denoiser {
    TiledDenoiser {
        if (tile < 1) throw new IllegalArgumentException("tile must be at least 1: " + tile);
        if (overlap < 0 || 2 * overlap >= tile)
            throw new IllegalArgumentException("overlap must be in 0.." + (tile - 1) / 2 + ": " + overlap);
    }

    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        long height = noisy.size(2), width = noisy.size(3);
        if (height <= tile && width <= tile) return denoiser.denoise(noisy, level);
        return Scope.tidy(() -> {
            Tensor sum = torch.zeros_like(noisy.detach()); // (N, C, H, W)
            Tensor weights = torch.zeros_like(sum.narrow(0, 0, 1).narrow(1, 0, 1)); // (1, 1, H, W)
            for (long top : starts(height))
                for (long left : starts(width))
                    Scope.tidyAll(
                            () -> { // which leaves alone what a backward pass reads
                                long h = Math.min(tile, height), w = Math.min(tile, width);
                                Tensor part = noisy.narrow(2, top, h)
                                        .narrow(3, left, w)
                                        .contiguous(); // (N, C, h, w)
                                Tensor weight = Tensors.as(ramp(h).reshape(h, 1).mul(ramp(w)), sum); // (h, w)
                                Tensor clean = denoiser.denoise(part, level).mul(weight); // (N, C, h, w)
                                sum.narrow(2, top, h).narrow(3, left, w).add_(clean);
                                weights.narrow(2, top, h).narrow(3, left, w).add_(weight);
                                return new Tensor[0];
                            });
            return sum.div_(weights); // (N, C, H, W)
        });
    }

    /** Where tiles begin along a side: evenly spread, as few as the overlap allows. */
    long[] starts(long size) {
        if (size <= tile) return new long[] {0};
        long count = (size - overlap + tile - overlap - 1) / (tile - overlap);
        return LongStream.range(0, count)
                .map(i -> Math.round((double) (size - tile) * i / (count - 1)))
                .toArray();
    }

    private Tensor ramp(long size) {
        double[] weights = new double[(int) size];
        for (int i = 0; i < size; i++) weights[i] = Math.min(1, (Math.min(i, size - 1 - i) + 1) / (overlap + 1.0));
        return Tensors.of(weights); // (size)
    }
}
