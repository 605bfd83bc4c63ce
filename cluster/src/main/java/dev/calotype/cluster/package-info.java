/**
 * Calotype on a Spark cluster: trainings whose ranks are the tasks of a barrier stage ({@link dev.calotype.cluster.ClusterTraining}), images
 * and scores as ordinary jobs ({@link dev.calotype.cluster.ClusterDrawing}, {@link dev.calotype.cluster.ClusterJudging}), and pictures of a
 * table that are restored ({@link dev.calotype.cluster.Calotype}). Runs lie wherever Hadoop's file systems reach
 * ({@link dev.calotype.cluster.RunFiles}). {@link dev.calotype.cluster.ClusterMain} is what {@code spark-submit} starts.
 */
package dev.calotype.cluster;
