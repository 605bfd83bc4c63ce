package dev.calotype.train;

import dev.calotype.tensor.Precision;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * What steps of replicas of one network share: their threads and weights, and what is done with gradients once they are there.
 */
abstract class ReplicatedStep<N extends Module> implements Learner {
    private static final double BETA1 = 0.9;

    final List<N> networks;
    final GradientStep.Options options;
    final Workers workers;
    private final LongToDoubleFunction learningRate;
    private final TrainedWeights weights;
    private long steps;

    /**
     * @param networks replicas of one architecture; all get the weights of the first
     * @param learningRate the rate of a step, counted from 1
     */
    ReplicatedStep(
            List<N> networks, Precision precision, GradientStep.Options options, LongToDoubleFunction learningRate) {
        this.networks = List.copyOf(networks);
        this.options = options;
        this.learningRate = learningRate;
        workers = new Workers(networks.size());
        var adam = new TrainedWeights.Adam(BETA1, options.beta2(), options.weightDecay());
        weights = new TrainedWeights(
                networks,
                precision,
                options.optimizer(),
                adam.with(options.rates()),
                options.averaging(),
                options.adaptation(),
                workers);
    }

    /**
     * Adds up the gradients of the replicas, clips them and moves the weights.
     *
     * @param accepted what is done once the loss and the gradients are known to be finite, before the weights move
     * @param count of the batch
     * @throws DivergenceException if they are not; the weights are as before
     */
    final StepReport update(double loss, int count, Runnable accepted) {
        long step = steps + 1;
        double norm = weights.collect();
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) throw new DivergenceException(step, loss, norm);
        accepted.run();
        double rate = learningRate.applyAsDouble(step);
        double scale = options.clip() > 0 && norm > options.clip() ? options.clip() / norm : 1;
        weights.update(rate, scale, step);
        steps = step;
        return new StepReport(step, loss, norm, rate, count);
    }

    @Override
    public final long steps() {
        return steps;
    }

    @Override
    public final long parameterCount() {
        return weights.count();
    }

    @Override
    public final Map<String, Tensor> weights() {
        return weights.weights();
    }

    @Override
    public final Map<String, Tensor> average(String name) {
        return weights.average(name);
    }

    @Override
    public final Map<String, Tensor> state() {
        return weights.state();
    }

    @Override
    public final void restore(Map<String, Tensor> state, long stepsMade) {
        weights.restore(state, stepsMade);
        steps = stepsMade;
    }

    @Override
    public final void close() {
        workers.close();
        weights.close();
    }
}
