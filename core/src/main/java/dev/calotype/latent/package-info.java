/**
 * Pictures through an autoencoder: {@link dev.calotype.latent.Reconstruction} tells what its latents keep, and so what a diffusion model that
 * works in them can show at best, and {@link dev.calotype.latent.ReconstructionReport} how much of a whole data set. The autoencoders are in {@link dev.calotype.model.latent}, their files in
 * {@link dev.calotype.checkpoint.latent}.
 */
package dev.calotype.latent;
