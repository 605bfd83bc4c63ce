/**
 * Classifiers: networks that learn to name what is in pictures, with mixed pictures and soft labels
 * ({@link dev.calotype.train.Mixing}). The network is a {@link dev.calotype.model.vit.VisionTransformer}.
 */
package dev.calotype.kind.classifier;
