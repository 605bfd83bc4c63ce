/**
 * The networks of latent diffusion. An {@link dev.calotype.model.latent.Autoencoder} stands between pictures and latents: {@link
 * dev.calotype.model.latent.KlAutoencoder} is that of Stable Diffusion, {@link dev.calotype.model.latent.TinyAutoencoder} a small one
 * that understands the latents of another. {@link dev.calotype.model.latent.LatentUNet} is the denoiser, told of a text by {@link
 * dev.calotype.model.latent.Told}. They are read by {@code checkpoint.latent}, and not trained here.
 */
package dev.calotype.model.latent;
