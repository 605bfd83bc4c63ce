package dev.calotype.train;

/** Training has left the finite numbers, or is about to; nothing was updated in that step. */
public final class DivergenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long step;

    /** The loss or the gradient of {@code step} is not finite. */
    public DivergenceException(long step, double loss, double gradientNorm) {
        this(step, "step " + step + " is not finite: loss " + loss + ", gradient norm " + gradientNorm);
    }

    /** Training at {@code step} diverges in the way that {@code message} says. */
    public DivergenceException(long step, String message) {
        super(message);
        this.step = step;
    }

    /** The step that failed, counted from 1. */
    public long step() {
        return step;
    }
}
