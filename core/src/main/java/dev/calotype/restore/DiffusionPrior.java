package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseSchedule;

/**
 * What a trained diffusion model knows of pictures.
 *
 * @param denoiser of images (N, C, H, W) of any height and width, of the same channels as the picture to restore
 * @param schedule of the process that the denoiser was trained for
 */
public record DiffusionPrior(Denoiser denoiser, NoiseSchedule schedule) {}
