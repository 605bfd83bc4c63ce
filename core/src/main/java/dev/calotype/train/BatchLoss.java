package dev.calotype.train;

import org.bytedeco.pytorch.Tensor;

/**
 * What an objective answers for one batch.
 *
 * @param value a scalar with its gradient graph, the mean over the batch
 * @param afterwards run on the training thread once the gradients are there; shards of one batch in order
 */
public record BatchLoss(Tensor value, Runnable afterwards) {
    /** A loss that wants nothing afterwards. */
    public static BatchLoss of(Tensor value) {
        return new BatchLoss(value, () -> {});
    }
}
