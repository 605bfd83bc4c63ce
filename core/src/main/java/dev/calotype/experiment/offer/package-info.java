/**
 * What a kind may offer besides training and drawing: the costs of its work, measured
 * ({@link dev.calotype.experiment.offer.MeasuresCost}), models of other programs made into runs
 * ({@link dev.calotype.experiment.offer.ImportsModels}), its own written for others
 * ({@link dev.calotype.experiment.offer.WritesPipeline}), and a network that takes noise away
 * ({@link dev.calotype.experiment.offer.RemovesNoise}). Commands ask for these, and know no kind.
 */
package dev.calotype.experiment.offer;
