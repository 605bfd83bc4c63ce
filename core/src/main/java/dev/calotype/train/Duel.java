package dev.calotype.train;

/**
 * How two networks that play against each other stand; beside it the discriminator's loss and gradient are those of the
 * step.
 *
 * @param generatorLoss NaN in a step without an update of the generator
 * @param generatorNorm of its gradient; NaN as the loss
 * @param realAccuracy share of real images taken for real
 * @param fakeAccuracy share of generated images not taken for real
 * @param diversity how much the generated images of a batch differ from each other, in units of how much the real ones
 *     do: the ratio of their deviations at 8 x 8 pixels
 */
public record Duel(
        double generatorLoss, double generatorNorm, double realAccuracy, double fakeAccuracy, double diversity) {
    /** The share of all images that the discriminator judges rightly, half of them real; 0.5 by guessing. */
    public double accuracy() {
        return (realAccuracy + fakeAccuracy) / 2;
    }
}
