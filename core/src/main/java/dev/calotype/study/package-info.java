/**
 * Restorations by name, of one picture or of many. {@link dev.calotype.study.Methods} makes a
 * {@link dev.calotype.restore.Restorer} of a name and settings, with the {@link dev.calotype.study.Equipment} that it
 * wants. {@link dev.calotype.study.PictureRestoration} restores a picture file. A {@link dev.calotype.study.Study} is
 * methods x pictures x degradations x seeds; {@link dev.calotype.study.StudyRun} makes its trials and keeps them in a
 * {@link dev.calotype.study.StudyDirectory}; a {@link dev.calotype.study.StudyTable} says what was found.
 * {@link dev.calotype.study.AdaptiveTrainingRun} compares trainings instead.
 *
 * <p>A new method is a kind in {@code methods.yaml}, with every setting that it has, and a branch in {@code Methods}. A new
 * number to compare by is a component of {@link dev.calotype.study.TrialResult} and of the rows of the table.
 */
package dev.calotype.study;
