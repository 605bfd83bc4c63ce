/**
 * Autoencoders for latent diffusion, trained from nothing: {@code AutoencoderExperiment} says what is trained, {@code NetworkSettings} which
 * network, {@code LossSettings} what is lowered. {@code AutoencoderTask} measures the latents at every checkpoint and keeps their statistics
 * there, by which {@code TrainedAutoencoder} scales them. A new network is a {@link dev.calotype.model.latent.LatentNetwork} and a
 * name in {@code NetworkSettings}.
 */
package dev.calotype.kind.autoencoder;
