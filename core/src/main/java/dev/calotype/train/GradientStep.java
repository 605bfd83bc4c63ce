package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;

/**
 * Forward, backward, clipping, an {@link Optimizer}, moving averages. The batch is shared among replicas of the network that work at
 * the same time, one thread each, on the same weights: on a CPU that wastes less than one network on all threads.
 *
 * <p>The step's randomness is a function of (seed, step): a restored step goes on as if it had never stopped.
 */
public final class GradientStep<N extends Module> extends ReplicatedStep<N> {
    /**
     * The optimizer.
     *
     * @param weightDecay decoupled, at least 0
     * @param clip the largest gradient norm, 0 for any
     * @param accumulate parts in which a shard is computed, to save memory
     * @param rates how fast the parts of the network learn
     */
    public record Options(
            Optimizer optimizer,
            double weightDecay,
            double beta2,
            double clip,
            int accumulate,
            Averaging averaging,
            PartRates rates) {
        /** All parts learn alike. */
        public Options(
                Optimizer optimizer,
                double weightDecay,
                double beta2,
                double clip,
                int accumulate,
                Averaging averaging) {
            this(optimizer, weightDecay, beta2, clip, accumulate, averaging, PartRates.EVEN);
        }

        /** The same with other rates. */
        public Options with(PartRates rates) {
            return new Options(optimizer, weightDecay, beta2, clip, accumulate, averaging, rates);
        }

        /** Those of AdamW. */
        public Options(double weightDecay, double beta2, double clip, int accumulate, List<Double> emaDecays) {
            this(Optimizer.ADAMW, weightDecay, beta2, clip, accumulate, Averaging.exponential(emaDecays));
        }

        public Options {
            if (!(weightDecay >= 0))
                throw new IllegalArgumentException("weightDecay must be at least 0: " + weightDecay);
            if (!(beta2 > 0 && beta2 < 1)) throw new IllegalArgumentException("beta2 must be in (0, 1): " + beta2);
            if (!(clip >= 0)) throw new IllegalArgumentException("clip must be at least 0: " + clip);
            if (!rates.areEven() && optimizer == Optimizer.SCHEDULE_FREE)
                throw new IllegalArgumentException(
                        "optimizer must be another one where parts learn at rates of their own: schedule-free");
            if (accumulate < 1) throw new IllegalArgumentException("accumulate must be at least 1: " + accumulate);
        }
    }

    private final Objective<N> objective;
    private final Rng rng;

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
        super(networks, precision, options, learningRate);
        this.objective = objective;
        this.rng = rng;
    }

    @Override
    public StepReport run(Batch batch) {
        Rng stepRng = rng.fork(steps() + 1);
        List<Batch> shards = batch.split(networks.size());
        List<List<Part>> results = workers.run(
                shards.size(), worker -> work(worker, shards.get(worker), batch.count(), stepRng.fork(worker)));
        double loss = 0;
        for (List<Part> parts : results) for (Part part : parts) loss += part.share() * part.loss();
        return update(loss, batch.count(), () -> {
            for (List<Part> parts : results)
                for (Part part : parts) part.afterwards().run();
        });
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
}
