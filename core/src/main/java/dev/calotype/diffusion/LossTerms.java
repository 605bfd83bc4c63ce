package dev.calotype.diffusion;

import org.bytedeco.pytorch.Tensor;

/**
 * The loss of each sample of a batch, (N), with gradients.
 *
 * @param total what to minimise
 * @param mse the squared error of the prediction, not weighted; null for {@link Loss#VLB}
 * @param vb the term of the variational bound at the sample's step, in bits per dimension and not weighted; null for
 *     {@link Loss#SIMPLE}
 */
public record LossTerms(Tensor total, Tensor mse, Tensor vb) {}
