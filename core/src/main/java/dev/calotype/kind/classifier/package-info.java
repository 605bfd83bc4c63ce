/**
 * Classifiers: networks that learn to name what is in pictures or clips, with mixed pictures and soft labels
 * ({@link dev.calotype.train.mixing.Mixing}). The network is an
 * {@link dev.calotype.kind.classifier.Architecture}: a Vision Transformer, or one for clips.
 */
package dev.calotype.kind.classifier;
