/**
 * Fine-tuning in a recipe: {@link dev.calotype.experiment.tune.Tuning} is what {@code training.tune} says, and
 * {@link dev.calotype.experiment.tune.Start} what the networks of a training begin with.
 */
package dev.calotype.experiment.tune;
