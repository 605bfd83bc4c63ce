/**
 * Architectures: one file each, its {@code Config} record beside the class. They know layers and nothing of training.
 *
 * <p>{@link dev.calotype.model.UNet} is what diffusion trains. The {@link dev.calotype.model.FeatureNetwork}s are frozen:
 * they turn pictures into the vectors that metrics compare, and a {@link dev.calotype.model.Classifier} names what it
 * sees besides.
 */
package dev.calotype.model;
