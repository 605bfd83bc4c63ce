/**
 * The networks of latent diffusion. An {@link dev.calotype.model.latent.Autoencoder} stands between pictures and latents: {@link
 * dev.calotype.model.latent.KlAutoencoder} is that of Stable Diffusion, {@link dev.calotype.model.latent.VqAutoencoder} the same with a
 * codebook, {@link dev.calotype.model.latent.TinyAutoencoder} a small one that understands the latents of another; these three are {@link
 * dev.calotype.model.latent.LatentNetwork}s, which {@code train.latent} trains. {@link dev.calotype.model.latent.Movq} is Kandinsky's. {@link
 * dev.calotype.model.latent.LatentUNet} is the denoiser, told of a text by {@link dev.calotype.model.latent.Told}. Files of others are read by
 * {@code checkpoint.latent}.
 */
package dev.calotype.model.latent;
