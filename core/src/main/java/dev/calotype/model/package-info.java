/**
 * Architectures: one file each, read top to bottom.
 *
 * <p>Frozen networks that judge pictures implement {@link dev.calotype.model.FeatureNetwork}, and
 * {@link dev.calotype.model.Classifier} if they also name what they see: {@link dev.calotype.model.LeNet} for digits,
 * {@link dev.calotype.model.ResNetCifar} for small colour pictures. They take their weights as a map of named tensors,
 * wherever these were read from, refuse a missing or unknown name, and carry a hash of what they took. To add one, write
 * the shapes of its weights and its forward; the layers are those of the package-private {@code FrozenWeights}.
 */
package dev.calotype.model;
