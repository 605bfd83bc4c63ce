/**
 * The training loop and what goes round in it. {@link dev.calotype.train.Trainer} repeats a
 * {@link dev.calotype.train.TrainingStep}; {@link dev.calotype.train.GradientStep} is the one for a single network and
 * an {@link dev.calotype.train.Objective}; {@link dev.calotype.train.AdversarialStep} is the one for a generator and a
 * discriminator, with an {@link dev.calotype.train.AdversarialLoss}, a {@link dev.calotype.train.SlopePenalty} and a
 * {@link dev.calotype.train.DifferentiableAugmentation}. Both are a {@link dev.calotype.train.Learner}, whose state can be
 * taken out and put back. Knows neither files nor recipes.
 *
 * <p>To train something new, write an objective; for two networks that play otherwise, a learner.
 */
package dev.calotype.train;
