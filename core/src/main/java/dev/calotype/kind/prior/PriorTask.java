package dev.calotype.kind.prior;

import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.train.Objective;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Trains a transformer; the means and deviations of what it has learned from go with it. */
record PriorTask(PriorExperiment experiment, Vectors vectors, PriorTest test)
        implements ObjectiveTask<PriorTransformer> {
    @Override
    public PriorTransformer network(Rng rng) {
        return new PriorTransformer(experiment.config(), rng);
    }

    @Override
    public Objective<PriorTransformer> objective() {
        return new PriorObjective(experiment, vectors);
    }

    @Override
    public Map<String, Tensor> state() {
        return vectors.state();
    }

    @Override
    public Appraisal appraise(PriorTransformer averaged) {
        return test.appraise(Predictor.of(experiment, averaged, vectors), Device.of(averaged));
    }
}
