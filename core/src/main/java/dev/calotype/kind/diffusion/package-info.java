/**
 * Diffusion models of images: {@link dev.calotype.kind.diffusion.DiffusionExperiment} says what is trained,
 * {@link dev.calotype.kind.diffusion.TrainedDiffusion} is what came out. What only such models can tell lies here too:
 * {@link dev.calotype.kind.diffusion.LikelihoodBound}, {@link dev.calotype.kind.diffusion.Cost} of a training, and
 * {@link dev.calotype.kind.diffusion.AdaptiveTraining}, a study of trainings. Models
 * of others come in by {@link dev.calotype.kind.diffusion.ModelImport}; {@code pipeline} has those that draw pictures of texts.
 */
package dev.calotype.kind.diffusion;
