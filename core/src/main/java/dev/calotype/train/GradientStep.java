package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Forward, backward, clipping, AdamW, moving averages. The batch is shared among replicas of the network that work at
 * the same time, one thread each, on the same weights: on a CPU that wastes less than one network on all threads.
 *
 * <p>The step's randomness is a function of (seed, step): a restored step goes on as if it had never stopped.
 */
public final class GradientStep<N extends Module> implements TrainingStep, AutoCloseable {
    /**
     * The optimizer.
     *
     * @param weightDecay decoupled, at least 0
     * @param clip the largest gradient norm, 0 for any
     * @param accumulate parts in which a shard is computed, to save memory
     * @param emaDecays decays of the moving averages kept
     */
    public record Options(double weightDecay, double beta2, double clip, int accumulate, List<Double> emaDecays) {
        public Options {
            emaDecays = List.copyOf(emaDecays);
            if (!(weightDecay >= 0))
                throw new IllegalArgumentException("weightDecay must be at least 0: " + weightDecay);
            if (!(beta2 > 0 && beta2 < 1)) throw new IllegalArgumentException("beta2 must be in (0, 1): " + beta2);
            if (!(clip >= 0)) throw new IllegalArgumentException("clip must be at least 0: " + clip);
            if (accumulate < 1) throw new IllegalArgumentException("accumulate must be at least 1: " + accumulate);
        }
    }

    private final Objective<N> objective;
    private final List<N> networks;
    private final Options options;
    private final LongToDoubleFunction learningRate;
    private final Rng rng;
    private final FlatParameters parameters;
    private final Workers workers;
    private final List<FlatParameters.Stretch> stretches;
    private final AdamW adam;
    private final List<Ema> averages = new ArrayList<>();
    private long steps;

    /**
     * @param networks replicas of one architecture; all get the weights of the first
     * @param learningRate the rate of a step, counted from 1
     * @param rng the source of all randomness: step i draws from its fork i
     */
    public GradientStep(
            Objective<N> objective,
            List<N> networks,
            Precision precision,
            Options options,
            LongToDoubleFunction learningRate,
            Rng rng) {
        this.objective = objective;
        this.learningRate = learningRate;
        this.networks = List.copyOf(networks);
        this.options = options;
        this.rng = rng;
        parameters = new FlatParameters(networks, precision);
        workers = new Workers(networks.size());
        stretches = parameters.stretches(networks.size());
        adam = new AdamW(parameters, options.beta2(), options.weightDecay());
        for (double decay : options.emaDecays()) averages.add(new Ema(decay, parameters));
    }

    @Override
    public StepReport run(Batch batch) {
        long step = steps + 1;
        Rng stepRng = rng.fork(step);
        List<Batch> shards = batch.split(networks.size());
        List<List<Part>> results = workers.run(
                shards.size(), worker -> work(worker, shards.get(worker), batch.count(), stepRng.fork(worker)));
        double loss = 0;
        for (List<Part> parts : results) for (Part part : parts) loss += part.share() * part.loss();
        double norm = Math.sqrt(workers.run(stretches.size(), i -> parameters.collect(stretches.get(i))).stream()
                .mapToDouble(Double::doubleValue)
                .sum());
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) throw new DivergenceException(step, loss, norm);
        for (List<Part> parts : results)
            for (Part part : parts) part.afterwards().run();
        double rate = learningRate.applyAsDouble(step);
        adam.begin(step);
        workers.run(stretches.size(), i -> {
            update(stretches.get(i), rate, norm, step);
            return null;
        });
        steps = step;
        return new StepReport(step, loss, norm, rate, batch.count());
    }

    private record Part(double share, double loss, Runnable afterwards) {}

    /** Adds the gradients of the mean loss over the whole batch that come from one shard. */
    private List<Part> work(int worker, Batch shard, int total, Rng shardRng) {
        List<Part> results = new ArrayList<>();
        List<Batch> micro = shard.split(options.accumulate());
        for (int i = 0; i < micro.size(); i++) {
            Batch part = micro.get(i);
            Rng partRng = shardRng.fork(i);
            Scope.run(() -> {
                BatchLoss loss = objective.loss(networks.get(worker), part, partRng);
                double share = (double) part.count() / total;
                loss.value().mul(new Scalar(share)).backward();
                results.add(new Part(share, loss.value().item_double(), loss.afterwards()));
            });
        }
        return results;
    }

    private void update(FlatParameters.Stretch stretch, double rate, double norm, long step) {
        if (options.clip() > 0 && norm > options.clip())
            Scope.read(() -> stretch.of(parameters.gradient()).mul_(new Scalar(options.clip() / norm)));
        adam.update(stretch, rate);
        parameters.publish(stretch);
        for (Ema ema : averages) ema.update(parameters.master(), stretch, step);
    }

    /** The number of updates made. */
    public long steps() {
        return steps;
    }

    /** The number of weights. */
    public long parameterCount() {
        return parameters.count();
    }

    /** The weights as trained, by name, as views that change with training. */
    public Map<String, Tensor> weights() {
        return parameters.named(parameters.master());
    }

    /** The weights of the average with this decay, by name, as views that change with training. */
    public Map<String, Tensor> average(double decay) {
        for (Ema ema : averages) if (ema.decay() == decay) return parameters.named(ema.average());
        throw new IllegalArgumentException("no average of decay " + decay + " is kept, only of " + options.emaDecays());
    }

    /** All that the next steps depend on, by name, as views; with {@link #steps} it is what {@link #restore} wants. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        buffers()
                .forEach((prefix, flat) ->
                        parameters.named(flat).forEach((name, view) -> state.put(prefix + name, view)));
        return state;
    }

    /**
     * Goes on from a saved state.
     *
     * @throws IllegalArgumentException if a tensor is missing or has another shape
     */
    public void restore(Map<String, Tensor> state, long stepsMade) {
        Scope.read(() -> {
            state().forEach((name, view) -> {
                Tensor saved = state.get(name);
                if (saved == null) throw new IllegalArgumentException("the saved state lacks " + name);
                view.copy_(saved);
            });
            return null;
        });
        parameters.publish();
        steps = stepsMade;
    }

    private Map<String, Tensor> buffers() {
        Map<String, Tensor> buffers = new LinkedHashMap<>();
        buffers.put("weights/", parameters.master());
        for (Ema ema : averages) buffers.put("ema/" + ema.decay() + "/", ema.average());
        buffers.putAll(adam.buffers());
        return buffers;
    }

    @Override
    public void close() {
        workers.close();
        averages.forEach(Ema::close);
        adam.close();
        parameters.close();
    }
}
