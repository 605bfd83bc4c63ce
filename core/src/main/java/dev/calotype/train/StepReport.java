package dev.calotype.train;

/**
 * What one step did.
 *
 * @param step counted from 1 over the whole training, also after a resume
 * @param loss mean over the batch
 * @param gradientNorm before clipping
 * @param images in the batch
 */
public record StepReport(long step, double loss, double gradientNorm, double learningRate, int images) {}
