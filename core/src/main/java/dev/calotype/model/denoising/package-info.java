/**
 * A network that takes noise away: {@link dev.calotype.model.denoising.DenoisingUNet}, which is told how much there is.
 */
package dev.calotype.model.denoising;
