/**
 * The networks of latent diffusion out of files of others: {@link dev.calotype.checkpoint.latent.DiffusersAutoencoder} reads the folder
 * of an autoencoder of diffusers, or the two files of TAESD. {@link
 * dev.calotype.checkpoint.latent.DiffusersLatentUNet} reads the U-Net of a text-to-image model. A setting that is not honoured is refused by its name and value.
 */
package dev.calotype.checkpoint.latent;
