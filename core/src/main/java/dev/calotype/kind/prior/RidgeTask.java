package dev.calotype.kind.prior;

import dev.calotype.data.Batch;
import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Task;
import dev.calotype.model.prior.LinearPrior;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Learner;
import dev.calotype.train.StepReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Solves for a linear map in one step, whatever its batch. */
record RidgeTask(PriorExperiment experiment, EmbeddedPairs learned, PriorTest test) implements Task<LinearPrior> {
    private static final Logger LOG = LoggerFactory.getLogger(RidgeTask.class);

    @Override
    public LinearPrior network(Rng rng) {
        return new LinearPrior(experiment.embedding());
    }

    @Override
    public Learner learner(Setting setting) {
        return new Solver(
                learned,
                Scope.own(() -> network(setting.weights())),
                setting.training().ema());
    }

    @Override
    public Appraisal appraise(LinearPrior averaged) {
        return test.appraise(Predictor.of(averaged), Device.of(averaged));
    }

    /** The one step; the average of what does not move is itself. */
    private static final class Solver implements Learner {
        private final EmbeddedPairs pairs;
        private final Scope.Owned<LinearPrior> network;
        private final List<Double> decays;
        private long steps;

        Solver(EmbeddedPairs pairs, Scope.Owned<LinearPrior> network, List<Double> decays) {
            this.pairs = pairs;
            this.network = network;
            this.decays = decays;
        }

        @Override
        public StepReport run(Batch batch) {
            double error = Scope.read(() -> {
                Ridge.Solution solution = Ridge.of(pairs);
                weights().get("map.weight").copy_(solution.weight());
                weights().get("map.bias").copy_(solution.bias());
                LOG.info("Chose the penalty {} times the mean square of a value", solution.penalty());
                return solution.error();
            });
            return new StepReport(++steps, error, 0, 0, pairs.count());
        }

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public long parameterCount() {
            return weights().values().stream().mapToLong(Tensor::numel).sum();
        }

        @Override
        public Map<String, Tensor> weights() {
            return Tensors.parameters(network.value());
        }

        @Override
        public Map<String, Tensor> average(String name) {
            return weights();
        }

        @Override
        public Map<String, Tensor> state() {
            Map<String, Tensor> state = new LinkedHashMap<>();
            weights().forEach((name, weight) -> {
                state.put("weights/" + name, weight.detach());
                for (double decay : decays) state.put("ema/" + decay + "/" + name, weight.detach());
            });
            return state;
        }

        @Override
        public void restore(Map<String, Tensor> state, long stepsMade) {
            Scope.read(() -> {
                weights().forEach((name, weight) -> weight.copy_(state.get("weights/" + name)));
                return null;
            });
            steps = stepsMade;
        }

        @Override
        public void close() {
            network.close();
        }
    }
}
