/**
 * Many restorations in one table. A {@link dev.calotype.study.Study} is methods x pictures x degradations x seeds;
 * {@link dev.calotype.study.StudyRun} makes its trials and keeps them in a {@link dev.calotype.study.StudyDirectory}; a
 * {@link dev.calotype.study.StudyTable} says what was found. A new number to compare by is a component of
 * {@link dev.calotype.study.TrialResult} and of the rows of the table.
 */
package dev.calotype.study;
