package dev.calotype.train;

import dev.calotype.collective.Distributed;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.adapt.Adaptation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

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
     * @param adaptation which of its weights learn, and how
     * @param distributed how several processes share the steps
     */
    public record Options(
            Optimizer optimizer,
            double weightDecay,
            double beta2,
            double clip,
            int accumulate,
            Averaging averaging,
            PartRates rates,
            Adaptation adaptation,
            Distributed distributed) {
        /** All parts learn alike. */
        public Options(
                Optimizer optimizer,
                double weightDecay,
                double beta2,
                double clip,
                int accumulate,
                Averaging averaging) {
            this(
                    optimizer,
                    weightDecay,
                    beta2,
                    clip,
                    accumulate,
                    averaging,
                    PartRates.EVEN,
                    Adaptation.FULL,
                    Distributed.PLAIN);
        }

        /** The same with other rates. */
        public Options with(PartRates rates) {
            return new Options(
                    optimizer, weightDecay, beta2, clip, accumulate, averaging, rates, adaptation, distributed);
        }

        /** The same where the weights learn otherwise. */
        public Options with(Adaptation adaptation) {
            return new Options(
                    optimizer, weightDecay, beta2, clip, accumulate, averaging, rates, adaptation, distributed);
        }

        /** The same where several processes share the steps otherwise. */
        public Options with(Distributed distributed) {
            return new Options(
                    optimizer, weightDecay, beta2, clip, accumulate, averaging, rates, adaptation, distributed);
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
            if (distributed.sharded() && optimizer == Optimizer.SOAP)
                throw new IllegalArgumentException(
                        "optimizer must be another one where distributed.method is zero-1: soap");
            if (distributed.apart() && optimizer != Optimizer.ADAMW)
                throw new IllegalArgumentException("optimizer must be adamw where distributed.method is diloco: "
                        + optimizer.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            if (distributed.sharded() && adaptation.method() != Adaptation.Method.FULL)
                throw new IllegalArgumentException(
                        "distributed.method must be data-parallel or diloco where not all weights learn: zero-1");
            if (accumulate < 1) throw new IllegalArgumentException("accumulate must be at least 1: " + accumulate);
        }
    }

    /**
     * How fast the parts of a network learn.
     *
     * @param shares of the learning rate, 0..1, by how the names of parameters begin; the longest beginning counts, others have 1
     */
    public record PartRates(Map<String, Double> shares) {
        /** All learn alike. */
        public static final PartRates EVEN = new PartRates(Map.of());

        public PartRates {
            shares = Map.copyOf(shares);
            for (double share : shares.values())
                if (!(share >= 0 && share <= 1))
                    throw new IllegalArgumentException("a share must be in 0..1: " + share);
        }

        /** Whether all learn alike. */
        public boolean areEven() {
            return shares.values().stream().allMatch(share -> share == 1);
        }

        /** The share of a parameter. */
        public double of(String parameter) {
            String longest = null;
            for (String beginning : shares.keySet())
                if (parameter.startsWith(beginning) && (longest == null || beginning.length() > longest.length()))
                    longest = beginning;
            return longest == null ? 1 : shares.get(longest);
        }

        /**
         * Updates of which each weight makes a share. For rules whose step is proportional to the learning rate, weight decay included, that is a
         * rate of its own.
         */
        static final class Shared implements Updates {
            private final Updates whole;
            private final FlatParameters parameters;
            private final Tensor shares;

            Shared(Updates whole, FlatParameters parameters, PartRates rates) {
                this.whole = whole;
                this.parameters = parameters;
                shares = parameters.zeros();
                Scope.read(() -> {
                    parameters.named(shares).forEach((name, view) -> view.fill_(new Scalar(rates.of(name))));
                    return null;
                });
            }

            @Override
            public void begin(long step, double rate) {
                whole.begin(step, rate);
            }

            @Override
            public void update(FlatParameters.Stretch stretch, double rate) {
                Scope.read(() -> {
                    Tensor master = stretch.of(parameters.master());
                    Tensor before = master.clone();
                    whole.update(stretch, rate);
                    master.sub_(before).mul_(stretch.of(shares)).add_(before);
                    return null;
                });
            }

            @Override
            public Tensor result() {
                return whole.result();
            }

            @Override
            public Map<String, Tensor> buffers() {
                return whole.buffers();
            }

            @Override
            public Map<String, Tensor> others() {
                return whole.others();
            }

            @Override
            public void close() {
                whole.close();
                shares.close();
            }
        }
    }

    private final Objective<N> objective;
    private final Rng rng;

    /** Of one process. */
    public GradientStep(
            Objective<N> objective,
            List<N> networks,
            Precision precision,
            Options options,
            LongToDoubleFunction learningRate,
            Rng rng) {
        this(objective, networks, precision, options, learningRate, rng, Ranks.ALONE);
    }

    /**
     * @param networks replicas of one architecture; all get the weights of the first
     * @param learningRate the rate of a step, counted from 1
     * @param rng the source of all randomness: step i draws from its fork i
     * @param ranks the processes that share every step, each with as many replicas and an equal part of the batch; borrowed
     */
    public GradientStep(
            Objective<N> objective,
            List<N> networks,
            Precision precision,
            Options options,
            LongToDoubleFunction learningRate,
            Rng rng,
            Ranks ranks) {
        super(networks, precision, options, learningRate, ranks);
        this.objective = objective;
        this.rng = rng;
    }

    @Override
    public StepReport run(Batch batch) {
        Rng stepRng = rng.fork(steps() + 1);
        List<Batch> shards = batch.split(networks.size());
        overlap.ifPresent(sums -> sums.begin(shards.size()));
        int total = batch.count() * (options.distributed().apart() ? 1 : ranks.world());
        int first = ranks.rank() * networks.size();
        List<List<Part>> results = workers.run(
                shards.size(), worker -> work(worker, shards.get(worker), total, stepRng.fork(first + worker)));
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
            if (i == micro.size() - 1) overlap.ifPresent(sums -> sums.last(worker));
            Scope.run(() -> {
                BatchLoss loss = objective.loss(networks.get(worker), part, partRng);
                double share = (double) part.count() / total;
                loss.value().mul(new Scalar(share)).backward();
                results.add(new Part(share, loss.value().item_double(), loss.afterwards()));
            });
            if (i < micro.size() - 1) partDone(worker);
        }
        overlap.ifPresent(sums -> sums.done(worker));
        return results;
    }
}
