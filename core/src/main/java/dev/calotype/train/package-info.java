/**
 * The training loop and what goes round in it. {@link dev.calotype.train.Trainer} repeats a
 * {@link dev.calotype.train.TrainingStep}; {@link dev.calotype.train.GradientStep} is the one for a single network and
 * an {@link dev.calotype.train.Objective}. Knows neither files nor recipes.
 *
 * <p>{@link dev.calotype.train.R1} and {@link dev.calotype.train.PathLength} are penalties on slopes, for networks that
 * play against each other; {@link dev.calotype.train.StyleProjection} looks for a picture among those of a generator.
 *
 * <p>To train something new, write an objective; for two networks that play against each other, a training step.
 */
package dev.calotype.train;
