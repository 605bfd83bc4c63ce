/**
 * What a training is, as values: an {@link dev.calotype.experiment.Experiment} is a tree of settings that
 * {@link dev.calotype.experiment.Recipe} reads and writes as YAML, and a {@link dev.calotype.experiment.Task} is what is
 * peculiar to one kind of training.
 */
package dev.calotype.experiment;
