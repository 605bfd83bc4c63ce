/**
 * Processes that work on one training: {@link dev.calotype.collective.Ranks} is what they tell each other, {@link
 * dev.calotype.collective.Gloo} the same over a network by the engine's own collectives. {@code train} sums gradients through it,
 * {@code run} agrees on when to stop and lets rank 0 alone write.
 *
 * <p>All ranks must call the same methods in the same order: who waits for one that does not come waits until the limit of time, and
 * then throws. Nothing on the wire is encrypted, and whoever reaches the ports can take part: use it in a network of your own.
 */
package dev.calotype.collective;
