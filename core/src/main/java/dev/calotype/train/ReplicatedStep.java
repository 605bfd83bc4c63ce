package dev.calotype.train;

import dev.calotype.collective.Ranks;
import dev.calotype.collective.Stragglers;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Workers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    final Ranks ranks;
    private final Stragglers stragglers;
    private final LongToDoubleFunction learningRate;
    private final TrainedWeights weights;
    final Optional<Overlap> overlap;
    private long steps;
    private long met; // after which step all ranks were together last
    private double roundLoss; // the sum since then
    private boolean settled = true;

    /**
     * @param networks replicas of one architecture; all get the weights of the first
     * @param learningRate the rate of a step, counted from 1; that of rank 0 counts
     * @param ranks the processes that share every step, borrowed
     */
    ReplicatedStep(
            List<N> networks,
            Precision precision,
            GradientStep.Options options,
            LongToDoubleFunction learningRate,
            Ranks ranks) {
        this.ranks = ranks;
        stragglers = new Stragglers(ranks);
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
                new TrainedWeights.Crew(workers, ranks, options.distributed()));
        overlap = weights.overlap();
    }

    /**
     * Adds up the gradients of the replicas of all ranks, clips them and moves the weights.
     *
     * @param ownLoss the part of the mean loss that comes from this rank
     * @param accepted what is done once the loss and the gradients are known to be finite, before the weights move
     * @param count of the part of the batch that this rank has
     * @throws DivergenceException if they are not; the weights are as before
     */
    final StepReport update(double ownLoss, int count, Runnable accepted) {
        if (options.distributed().apart()) return updateApart(ownLoss, count, accepted);
        long step = steps + 1, computed = stragglers.now();
        double norm = weights.collect(overlap);
        double ownRate = learningRate.applyAsDouble(step); // which may follow a clock
        double[] told = stragglers.sum(computed, ownLoss, ranks.first() ? ownRate : 0);
        double loss = told[0], rate = told[1];
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) throw new DivergenceException(step, loss, norm);
        accepted.run();
        move(norm, rate, step);
        steps = step;
        return new StepReport(step, loss, norm, rate, count * ranks.world());
    }

    /** Copies the tensors of {@code saved} into those of the same names in {@code into}, all of which it must have. */
    static void copy(Map<String, Tensor> saved, Map<String, Tensor> into) {
        Scope.read(() -> {
            into.forEach((name, view) -> {
                Tensor value = saved.get(name);
                if (value == null) throw new IllegalArgumentException("the saved state lacks " + name);
                view.copy_(value);
            });
            return null;
        });
    }

    /** A part of a step is done by a replica, and another one follows. */
    final void partDone(int replica) {
        weights.part(replica);
    }

    /** Moves the weights by what was collected, whose norm is clipped. */
    private void move(double norm, double rate, long step) {
        double scale = options.clip() > 0 && norm > options.clip() ? options.clip() / norm : 1;
        weights.update(rate, scale, step);
    }

    /** {@link #update} by the gradients of this rank, after which all meet where a round ends. */
    private StepReport updateApart(double loss, int count, Runnable accepted) {
        long step = steps + 1;
        double norm = weights.collect(overlap), rate = learningRate.applyAsDouble(step);
        boolean finite = Double.isFinite(loss) && Double.isFinite(norm);
        roundLoss += finite ? loss : Double.NaN;
        settled = false;
        if (finite) {
            accepted.run();
            move(norm, rate, step);
        }
        int every = options.distributed().every();
        if (step % every != 0) {
            steps = step;
            return new StepReport(step, loss, norm, rate, count * ranks.world());
        }
        double mean = stragglers.sum(stragglers.now(), roundLoss)[0]
                / ranks.world()
                / (step - met); // all stop where one has diverged
        if (!Double.isFinite(mean)) throw new DivergenceException(step, mean, norm);
        weights.settle(met + 1, step);
        goOn(step);
        return new StepReport(step, mean, norm, rate, count * ranks.world());
    }

    @Override
    public final Optional<String> straggler() {
        return stragglers.name();
    }

    @Override
    public final boolean isSettled() {
        return settled;
    }

    @Override
    public final boolean isWhole() {
        return weights.isWhole();
    }

    @Override
    public final void assist(int wanted) {
        weights.assist(wanted);
    }

    @Override
    public final void spread(Map<String, Tensor> saved, long stepsMade) {
        weights.spread(saved, stepsMade);
        goOn(stepsMade);
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
        goOn(stepsMade);
    }

    private void goOn(long stepsMade) {
        steps = stepsMade;
        met = stepsMade;
        roundLoss = 0;
        settled = true;
    }

    @Override
    public final void close() {
        workers.close();
        try {
            overlap.ifPresent(Overlap::close);
        } finally {
            weights.close();
        }
    }
}
