/**
 * How autoencoders learn: {@link dev.calotype.train.latent.AutoencoderStep} lowers a {@link
 * dev.calotype.train.latent.ReconstructionLoss}, the cost of latents, and what a discriminator of squares makes of the pictures that
 * come back.
 */
package dev.calotype.train.latent;
