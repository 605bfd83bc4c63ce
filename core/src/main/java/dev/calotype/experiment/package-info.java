/**
 * From a recipe to a judged model. An {@link dev.calotype.experiment.Experiment} is a tree of values,
 * {@link dev.calotype.experiment.Recipe} reads and writes it as YAML, {@link dev.calotype.experiment.Training} runs it
 * in a {@link dev.calotype.experiment.RunDirectory}, and {@link dev.calotype.experiment.TrainedDiffusion} or
 * {@link dev.calotype.experiment.TrainedGan} opens what came out; {@link dev.calotype.experiment.GanStyles} is what a
 * StyleGAN2 can do besides.
 *
 * <p>A new kind of training is an {@code Experiment} record with its defaults in a resource, and a {@code Task} that
 * says what is peculiar to it. A new architecture of gans is a record of {@link dev.calotype.experiment.GanNetworks}.
 */
package dev.calotype.experiment;
