package dev.calotype.restoration;

/**
 * One iteration of a trial.
 *
 * @param seconds since the start
 * @param loss NaN if the method has none
 * @param psnr of the output, in dB
 * @param smoothed the psnr of the average of outputs, in dB; the same where nothing is averaged
 * @param choice the iteration whose estimate would have been the answer
 */
public record CurvePoint(int iteration, double seconds, double loss, double psnr, double smoothed, int choice) {}
