package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseSchedule;

/**
 * What a trained diffusion model knows of pictures. The methods adapt it to other pictures than it was trained on.
 *
 * @param denoiser of images (N, C, H, W) of any height and width, of the same channels as the picture to restore
 * @param schedule of the process that the denoiser was trained for
 */
public record DiffusionPrior(Denoiser denoiser, NoiseSchedule schedule) {
    /** For images of any size, where the network wants multiples of {@code factor}: padded, denoised, cut. */
    public DiffusionPrior padded(int factor) {
        return new DiffusionPrior(new PaddedDenoiser(denoiser, factor), schedule);
    }

    /**
     * For large images in bounded memory: denoised in tiles that overlap and are blended.
     *
     * @param tile pixels per side
     * @param overlap pixels that neighbours share, below half a tile
     */
    public DiffusionPrior tiled(int tile, int overlap) {
        return new DiffusionPrior(new TiledDenoiser(denoiser, tile, overlap), schedule);
    }

    /** For colour images, where the prior knows grey ones: each channel for itself. */
    public DiffusionPrior perChannel() {
        return new DiffusionPrior(new ChannelwiseDenoiser(denoiser), schedule);
    }

    /** For grey images, where the prior knows colour ones. */
    public DiffusionPrior forGrey() {
        return new DiffusionPrior(new GreyDenoiser(denoiser, schedule), schedule);
    }
}
