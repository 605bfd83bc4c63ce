/**
 * Noise, and how to take it back: the arithmetic of diffusion models, without any network. A network is a function
 * ({@link dev.calotype.diffusion.NoisePredictor}).
 *
 * <p>{@link dev.calotype.diffusion.NoiseSchedule} says how much noise each step has;
 * {@link dev.calotype.diffusion.GaussianDiffusion} binds it to what the network predicts
 * ({@link dev.calotype.diffusion.Parameterization}) and to the variance of the way back
 * ({@link dev.calotype.diffusion.Variance}). From there:
 *
 * <ul>
 *   <li>to train, {@link dev.calotype.diffusion.DiffusionLoss} at steps of a
 *       {@link dev.calotype.diffusion.TimestepSampler};
 *   <li>to sample, {@link dev.calotype.diffusion.GaussianDiffusion#denoiser}, the one thing the samplers know;
 *   <li>to compare with other models, {@link dev.calotype.diffusion.GaussianDiffusion#bitsPerDim}.
 * </ul>
 *
 * <p>Which to choose: the cosine schedule up to 64 pixels, ε with {@code HYBRID} and {@code LEARNED_RANGE} for images
 * and likelihood in one model (Nichol &amp; Dhariwal 2021); {@code SIMPLE} with {@code FIXED_SMALL} for the shortest
 * path; {@code VELOCITY} with {@code zeroTerminalSnr} for images that may be very dark or bright.
 *
 * <p>To extend: guidance, masks and known pixels are decorators of a {@link dev.calotype.diffusion.Denoiser}; another
 * weight of the noise levels is a {@link dev.calotype.diffusion.Weighting}.
 */
package dev.calotype.diffusion;
