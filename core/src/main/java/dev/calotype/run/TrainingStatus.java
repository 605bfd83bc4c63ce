package dev.calotype.run;

import dev.calotype.train.StepReport;

/**
 * Where a training run stands, for people.
 *
 * @param loss smoothed
 * @param progress 0..1
 * @param secondsLeft estimated
 */
public record TrainingStatus(
        StepReport report, double loss, double progress, double imagesPerSecond, double secondsLeft, long memoryMb) {}
