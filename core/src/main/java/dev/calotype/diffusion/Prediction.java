package dev.calotype.diffusion;

import org.bytedeco.pytorch.Tensor;

/**
 * What a model says of a noisy image.
 *
 * @param clean x̂₀, (N, C, H, W)
 * @param varianceFraction f of {@link Variance#LEARNED_RANGE}, not clamped, (N, C, H, W); null if the model does not say
 */
public record Prediction(Tensor clean, Tensor varianceFraction) {}
