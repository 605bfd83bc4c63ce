package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Module;

/**
 * What a network is trained to minimise. The network is an argument, because replicas of it work on shards of a batch
 * at the same time; an implementation must allow that.
 */
@FunctionalInterface
public interface Objective<N extends Module> {
    /** The loss of {@code network} on {@code batch}; all randomness comes from {@code rng}. */
    BatchLoss loss(N network, Batch batch, Rng rng);
}
