/**
 * One training, recorded and resumed. {@link dev.calotype.run.Training} trains any
 * {@link dev.calotype.experiment.Experiment} in a {@link dev.calotype.run.RunDirectory};
 * {@link dev.calotype.run.TrainingObserver} watches; {@link dev.calotype.run.TrainedFile} finds the weights again.
 */
package dev.calotype.run;
