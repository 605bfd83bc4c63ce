/**
 * What a kind may offer besides training and drawing: the costs of its work, measured
 * ({@link dev.calotype.experiment.offer.MeasuresCost}), models of other programs made into runs
 * ({@link dev.calotype.experiment.offer.ImportsModels}), its own written for others
 * ({@link dev.calotype.experiment.offer.WritesPipeline}), a network that takes noise away
 * ({@link dev.calotype.experiment.offer.RemovesNoise}), and pipelines of other programs that draw texts
 * ({@link dev.calotype.experiment.offer.TextPipelines}). Commands ask for these, and know no kind.
 */
package dev.calotype.experiment.offer;
