/**
 * {@link dev.calotype.train.mixing.Mixing} of the pictures of a batch and of what they are, for classifiers.
 */
package dev.calotype.train.mixing;
