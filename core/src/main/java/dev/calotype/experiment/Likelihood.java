package dev.calotype.experiment;

/**
 * The variational bound on the negative log-likelihood of images, in bits per dimension.
 *
 * @param standardError of the mean over the images
 * @param prior the part of the mean that the network cannot change
 * @param terms the mean of each step's part, from the last step to be removed (t = 0) on
 * @param steps of the process: fewer than it was trained with give a looser bound sooner
 */
public record Likelihood(
        String data, long images, int steps, double bitsPerDim, double standardError, double prior, double[] terms) {}
