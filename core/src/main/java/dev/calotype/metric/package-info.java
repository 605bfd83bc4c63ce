/**
 * How good generated or restored pictures are, in numbers that can be compared: accumulate, then answer, in double
 * precision and in bounded memory.
 *
 * <p>Two sets of pictures: {@link dev.calotype.metric.Comparison} has every score of what one
 * {@link dev.calotype.model.FeatureNetwork} saw, computed when it is asked for. They stand alone
 * too: {@link dev.calotype.metric.Fid} from
 * {@link dev.calotype.metric.FeatureStatistics} for many samples and for comparison with papers;
 * {@link dev.calotype.metric.Kid} for few samples, with an interval; {@link dev.calotype.metric.PrecisionRecall} to tell
 * missing quality from missing variety; {@link dev.calotype.metric.FidInfinity} against the bias of counts;
 * {@link dev.calotype.metric.Mmd} for features that are not Gaussian; {@link dev.calotype.metric.NearestNeighbours} for
 * copies of training pictures; {@link dev.calotype.metric.Diversity} for collapse. Without real pictures: {@link dev.calotype.metric.InceptionScore},
 * {@link dev.calotype.metric.ClassCoverage} and {@link dev.calotype.metric.AttributeCoverage}. A picture and its original:
 * {@link dev.calotype.metric.Psnr}, {@link dev.calotype.metric.Ssim}, {@link dev.calotype.metric.MsSsim} and
 * {@link dev.calotype.metric.Lpips}.
 *
 * <p>Scores are functions of the network, the resize, the counts and k as much as of the pictures: report them with the
 * network's hash and the counts, never between protocols. A new measure of two sets takes two feature matrices and
 * answers with a record; a new network implements {@link dev.calotype.model.FeatureNetwork} and every measure works on it.
 */
package dev.calotype.metric;
