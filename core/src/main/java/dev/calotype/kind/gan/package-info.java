/**
 * Generators of images trained against a discriminator: {@link dev.calotype.kind.gan.GanExperiment} says what is trained,
 * {@link dev.calotype.kind.gan.TrainedGan} is what came out, {@link dev.calotype.kind.gan.GanStyles} what a StyleGAN2 can do
 * besides. A new architecture is a record of {@link dev.calotype.kind.gan.GanNetworks}.
 */
package dev.calotype.kind.gan;
