package dev.calotype.train;

import dev.calotype.data.Batch;

/** One update of whatever is being trained. */
@FunctionalInterface
public interface TrainingStep {
    StepReport run(Batch batch);
}
