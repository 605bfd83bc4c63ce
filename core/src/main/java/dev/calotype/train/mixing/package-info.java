/**
 * What is done to the samples of a batch in tensors, and told: {@link dev.calotype.train.mixing.Mixing} of pictures and of what they are, for
 * classifiers; {@link dev.calotype.train.mixing.NonLeakingAugmentation}, for diffusion models.
 */
package dev.calotype.train.mixing;
