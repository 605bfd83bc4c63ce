/**
 * From a damaged picture to the picture. An {@link dev.calotype.restore.Observation} says what was seen and how it came
 * about; a {@link dev.calotype.restore.Restorer} answers with an estimate of what was there. No restorer ever sees the
 * truth: a watcher may, for reports.
 *
 * <p>With a trained prior: {@link dev.calotype.restore.DiffusionRestoration} draws from the posterior, in one step the
 * least squared error of a noisy picture; {@link dev.calotype.restore.DipThenDiffusion} starts it at another restorer's
 * estimate; {@link dev.calotype.restore.AdaptivePrior} trains a prior that ends at estimates. Methods of
 * {@link dev.calotype.restore.DiffusionPrior} adapt a prior to size and colour.
 *
 * <p>Images are fp32 (N, C, H, W) in [-1, 1]. Standard deviations are in these units too: sigma 25 of an 8-bit picture
 * is 25 / 127.5.
 *
 * <p>{@link dev.calotype.restore.DeepImagePrior} knows nothing of pictures but an
 * {@link dev.calotype.restore.UntrainedPrior}, and a {@link dev.calotype.restore.StoppingRule} ends it;
 * {@link dev.calotype.restore.StagedDip} and {@link dev.calotype.restore.GuidedDip} build on it. A new rule is a record
 * whose follower judges frames; {@link dev.calotype.restore.Jury} lets several judge the same fit. A new way to fit takes
 * a {@code PriorFit} and gives it losses.
 *
 * <p>A {@link dev.calotype.restore.Degradation} makes observations of clean pictures, for studies, and says of a damaged one
 * how it came about. To add an operator, implement {@link dev.calotype.restore.LinearOperator}: conjugate gradients invert
 * it unless it knows better. To add a noise, implement {@link dev.calotype.restore.Noise}. Both get a word in
 * {@code DegradationText}, and a line in {@code OperatorLawsTest} or {@code NoiseTest}.
 *
 * <p>Baselines: {@link dev.calotype.restore.Unchanged}, {@link dev.calotype.restore.PseudoInverse},
 * {@link dev.calotype.restore.TotalVariation}, and {@link dev.calotype.restore.PlugAndPlay} and {@link dev.calotype.restore.DiffPir} with a
 * {@link dev.calotype.restore.DnCnnDenoiser}.
 */
package dev.calotype.restore;
