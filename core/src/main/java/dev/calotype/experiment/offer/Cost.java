package dev.calotype.experiment.offer;

/**
 * What a piece of work costs on this machine: time, and memory beside its estimate. The peak is that of the whole
 * process, so each measurement wants a process of its own.
 *
 * @param weights of the network
 * @param seconds of the fastest of the repetitions
 * @param estimateMb the memory expected before the work began
 * @param peakMb the most memory that the process had at once; 0 where the system does not tell
 */
public record Cost(long weights, double seconds, long estimateMb, long peakMb) {}
