/**
 * Whether a diffusion model that restores learns faster if its forward process ends at an estimate of each picture: union 2 of
 * {@code docs/theory.md}, run by {@code calotype study ends}. {@link dev.calotype.adaptive.AdaptiveTrainingRun} trains and
 * measures both ends on drawn rooms; {@link dev.calotype.adaptive.AdaptiveTraining} is what it found.
 */
package dev.calotype.adaptive;
