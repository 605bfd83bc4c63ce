/**
 * From a damaged picture to the picture. An {@link dev.calotype.restore.Observation} says what was seen and how it came
 * about; a {@link dev.calotype.restore.Restorer} answers with an estimate of what was there. No restorer ever sees the
 * truth: a watcher may, for reports.
 *
 * <p>Images are fp32 (N, C, H, W) in [-1, 1]. Standard deviations are in these units too: sigma 25 of an 8-bit picture
 * is 25 / 127.5.
 */
package dev.calotype.restore;
