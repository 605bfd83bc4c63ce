/**
 * The training loop and what goes round in it. {@link dev.calotype.train.Trainer} repeats a
 * {@link dev.calotype.train.TrainingStep}; {@link dev.calotype.train.GradientStep} is the one for a single network and
 * an {@link dev.calotype.train.Objective}; {@link dev.calotype.train.AdversarialStep} is the one for a generator and a
 * discriminator, with an {@link dev.calotype.train.AdversarialLoss}, a {@link dev.calotype.train.SlopePenalty} and a
 * {@link dev.calotype.train.DifferentiableAugmentation}. Both are a {@link dev.calotype.train.Learner}, whose state can be
 * taken out and put back. Knows neither files nor recipes.
 *
 * <p>{@link dev.calotype.train.PathLength} is a penalty for the generator of StyleGAN2;
 * {@link dev.calotype.train.StyleProjection} looks for a picture among those that it makes.
 *
 * <p>{@link dev.calotype.train.adapt.Adaptation} says which weights learn; where factors of weights do, flat weights are these and the networks
 * see what they make.
 *
 * <p>To train something new, write an objective; for two networks that play otherwise, a learner.
 */
package dev.calotype.train;
