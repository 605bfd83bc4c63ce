/**
 * How good generated or restored pictures are, in numbers that can be compared: accumulate, then answer, in double
 * precision and in bounded memory.
 *
 * <p>Two sets of pictures: {@link dev.calotype.metric.Evaluation} runs everything over one
 * {@link dev.calotype.model.FeatureNetwork}. Its parts stand alone: {@link dev.calotype.metric.Fid} from
 * {@link dev.calotype.metric.FeatureStatistics} for many samples and for comparison with papers;
 * {@link dev.calotype.metric.Kid} for few samples, with an interval; {@link dev.calotype.metric.PrecisionRecall} to tell
 * missing quality from missing variety. Without real pictures: {@link dev.calotype.metric.InceptionScore},
 * {@link dev.calotype.metric.ClassCoverage} and {@link dev.calotype.metric.AttributeCoverage}. A picture and its original:
 * {@link dev.calotype.metric.Psnr} and {@link dev.calotype.metric.Ssim}.
 *
 * <p>Scores are functions of the network, the resize, the counts and k as much as of the pictures: report them with the
 * network's hash and the counts, never between protocols. A new measure of two sets takes two feature matrices and
 * answers with a record; a new network implements {@link dev.calotype.model.FeatureNetwork} and every measure works on it.
 */
package dev.calotype.metric;
