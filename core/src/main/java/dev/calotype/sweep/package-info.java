/**
 * Many trainings compared in one table. A {@link dev.calotype.sweep.Sweep} is a recipe, axes and seeds; its trials are
 * trained and measured in a {@link dev.calotype.sweep.SweepDirectory}, by {@link dev.calotype.sweep.SweepRun} in this
 * process or by {@link dev.calotype.sweep.SweepWorkers} in processes of their own; a {@link dev.calotype.sweep.SweepTable}
 * says what was found.
 *
 * <p>What needs a training is an axis of the sweep. What a trained model can be asked again and again, how it is sampled,
 * is an axis of its {@link dev.calotype.sweep.Measurement}. A new number to compare by is a constant of
 * {@link dev.calotype.sweep.Column}.
 */
package dev.calotype.sweep;
