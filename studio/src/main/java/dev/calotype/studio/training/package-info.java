/**
 * Trainings and judgements, each in a process of its own that ends with the studio: {@link dev.calotype.studio.training.TrainType} trains a
 * recipe, can be paused and goes on in the same run; {@link dev.calotype.studio.training.JudgeType} compares runs and folders;
 * {@link dev.calotype.studio.training.RecipeShelf} says what recipes there are and what they will cost;
 * {@link dev.calotype.studio.training.Runs} shows what a run has recorded while it learns.
 */
package dev.calotype.studio.training;
