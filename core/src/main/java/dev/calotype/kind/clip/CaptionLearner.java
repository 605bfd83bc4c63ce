package dev.calotype.kind.clip;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Rng;
import dev.calotype.train.Learner;
import dev.calotype.train.StepReport;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A learner that reads of each caption what {@link Sentences} says.
 *
 * @param learner owned
 * @param rng the source of what is left out: step i draws from its fork i
 */
record CaptionLearner(Learner learner, Sentences sentences, Rng rng) implements Learner {
    @Override
    public StepReport run(Batch batch) {
        return learner.run(sentences.of(batch, rng.fork(learner.steps() + 1)));
    }

    @Override
    public long steps() {
        return learner.steps();
    }

    @Override
    public long parameterCount() {
        return learner.parameterCount();
    }

    @Override
    public Map<String, Tensor> weights() {
        return learner.weights();
    }

    @Override
    public Map<String, Tensor> average(String name) {
        return learner.average(name);
    }

    @Override
    public Map<String, Tensor> state() {
        return learner.state();
    }

    @Override
    public void restore(Map<String, Tensor> state, long stepsMade) {
        learner.restore(state, stepsMade);
    }

    @Override
    public void close() {
        learner.close();
    }
}
