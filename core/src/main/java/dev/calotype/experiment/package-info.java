/**
 * The contract between kinds of models and all that works with them. An {@link dev.calotype.experiment.Experiment} is a tree
 * of settings that {@link dev.calotype.experiment.Recipe} reads and writes as YAML. A {@link dev.calotype.experiment.Kind} is
 * one kind of model: its defaults, its {@link dev.calotype.experiment.Task}, what is peculiar to its training, its
 * {@link dev.calotype.experiment.Story} for reports, and how its result is opened; {@link dev.calotype.experiment.Kinds} finds
 * all of them. What came out is a {@link dev.calotype.experiment.TrainedModel}, which is asked by
 * {@link dev.calotype.experiment.Capability} for what it can do: {@link dev.calotype.experiment.DrawsImages} and others.
 *
 * <p>To add a kind, write its package and its line in {@code META-INF/services/dev.calotype.experiment.Kind}; to add something
 * that models can do, an interface that extends {@code TrainedModel} and its constant in {@code Capability}.
 */
package dev.calotype.experiment;
