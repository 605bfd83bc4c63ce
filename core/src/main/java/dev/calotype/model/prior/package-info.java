/**
 * Networks that tell the vector of a picture from that of its caption: {@link dev.calotype.model.prior.PriorTransformer}, with noise
 * on the way or from noise at once, and {@link dev.calotype.model.prior.LinearPrior}.
 */
package dev.calotype.model.prior;
