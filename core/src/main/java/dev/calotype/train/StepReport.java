package dev.calotype.train;

/**
 * What one step did.
 *
 * @param step counted from 1 over the whole training, also after a resume
 * @param loss mean over the batch
 * @param gradientNorm before clipping
 * @param images in the batch
 * @param duel how two networks stand that play against each other; null where one learns alone
 */
public record StepReport(long step, double loss, double gradientNorm, double learningRate, int images, Duel duel) {
    /** The report of a network that learns alone. */
    public StepReport(long step, double loss, double gradientNorm, double learningRate, int images) {
        this(step, loss, gradientNorm, learningRate, images, null);
    }
}
