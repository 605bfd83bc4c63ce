/**
 * The training loop and what goes round in it. {@link dev.calotype.train.Trainer} repeats a
 * {@link dev.calotype.train.TrainingStep}; {@link dev.calotype.train.GradientStep} is the one for a single network and
 * an {@link dev.calotype.train.Objective}. Knows neither files nor recipes.
 *
 * <p>To train something new, write an objective; for two networks that play against each other, a training step.
 */
package dev.calotype.train;
