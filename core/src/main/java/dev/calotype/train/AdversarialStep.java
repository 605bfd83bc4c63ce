package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.model.StyleGenerator;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import dev.calotype.train.adapt.Adaptation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * An update of a discriminator on real and generated images, and then of the generator (Goodfellow et al. 2014,
 * arXiv:1406.2661), each by its own Adam. The batch is shared among pairs of replicas as in {@link GradientStep}: each pair
 * normalises by the statistics of its own share.
 *
 * <p>A penalty that is not a part of every loss is lazy: it has updates of its own, and all updates of that player become
 * smaller by {@link Lazy#pace}, their betas its power. Path lengths are measured on half of each share.
 *
 * <p>The step's randomness is a function of (seed, step), and {@link #state} holds both networks: a restored step goes on
 * as if it had never stopped. Moving averages are kept of the generator.
 */
public final class AdversarialStep implements Learner {
    /** What is played for. */
    public record Rules(
            AdversarialLoss loss,
            double smoothing,
            SlopePenalty penalty,
            PathLength.Options pathLength,
            DifferentiableAugmentation augmentation) {
        public Rules {
            if (!(smoothing >= 0 && smoothing <= 0.5))
                throw new IllegalArgumentException("smoothing must be in [0, 0.5]: " + smoothing);
            if (smoothing > 0 && !loss.hasTargets())
                throw new IllegalArgumentException("smoothing must be 0 for a loss without targets: " + smoothing);
        }
    }

    /**
     * The optimizers.
     *
     * @param beta1 of both; 0.5 in DCGAN
     * @param discriminatorRate learning rate of the discriminator in units of the generator's, in (0, 100]
     * @param generatorEvery how many updates the discriminator makes for each of the generator
     * @param emaDecays decays of the moving averages of the generator
     */
    public record Options(
            double beta1, double beta2, double discriminatorRate, int generatorEvery, List<Double> emaDecays) {
        public Options {
            emaDecays = List.copyOf(emaDecays);
            if (!(beta1 >= 0 && beta1 < 1)) throw new IllegalArgumentException("beta1 must be in [0, 1): " + beta1);
            if (!(beta2 > 0 && beta2 < 1)) throw new IllegalArgumentException("beta2 must be in (0, 1): " + beta2);
            if (!(discriminatorRate > 0 && discriminatorRate <= 100))
                throw new IllegalArgumentException("discriminatorRate must be in (0, 100]: " + discriminatorRate);
            if (generatorEvery < 1)
                throw new IllegalArgumentException("generatorEvery must be at least 1: " + generatorEvery);
        }
    }

    /** As many replicas of both; all get the weights of the first. */
    public record Players(
            List<? extends GeneratorNetwork> generators, List<? extends DiscriminatorNetwork> discriminators) {
        public Players {
            generators = List.copyOf(generators);
            discriminators = List.copyOf(discriminators);
            if (generators.isEmpty() || generators.size() != discriminators.size())
                throw new IllegalArgumentException("as many discriminators as generators are needed, at least one: "
                        + discriminators.size() + " and " + generators.size());
        }
    }

    private static final String DISCRIMINATOR = "discriminator/";
    private static final String PATH_LENGTH = "path-length/mean";

    private final Players players;
    private final Rules rules;
    private final Options options;
    private final LongToDoubleFunction learningRate;
    private final Rng rng;
    private final Workers workers;
    private final TrainedWeights generator;
    private final TrainedWeights discriminator;
    private final AdversarialLosses losses;
    private final List<PathLength> paths; // one per worker; none without the penalty
    private final Tensor pathMean;
    private long steps;

    /**
     * @param learningRate the generator's rate in a step, counted from 1
     * @param rng the source of all randomness: step i draws from its fork i
     */
    public AdversarialStep(
            Players players,
            Precision precision,
            Rules rules,
            Options options,
            LongToDoubleFunction learningRate,
            Rng rng) {
        this.players = players;
        this.rules = rules;
        this.options = options;
        this.learningRate = learningRate;
        this.rng = rng;
        if (rules.pathLength().weight() > 0 && !(players.generators().get(0) instanceof StyleGenerator))
            throw new IllegalArgumentException("path lengths want a generator with styles: "
                    + players.generators().get(0).getClass().getSimpleName());
        losses = new AdversarialLosses(players, rules);
        workers = new Workers(players.generators().size());
        var adam = new TrainedWeights.Adam(options.beta1(), options.beta2(), 0);
        var slow = adam.slower(rules.pathLength().lazy().pace());
        generator = new TrainedWeights(
                players.generators(),
                precision,
                Optimizer.ADAMW,
                slow,
                Averaging.exponential(options.emaDecays()),
                Adaptation.FULL,
                workers);
        var careful = adam.slower(rules.penalty().lazy().pace());
        discriminator = new TrainedWeights(
                players.discriminators(),
                precision,
                Optimizer.ADAMW,
                careful,
                Averaging.exponential(List.of()),
                Adaptation.FULL,
                workers);
        paths = rules.pathLength().weight() == 0
                ? List.of()
                : players.generators().stream()
                        .map(g -> new PathLength(rules.pathLength()))
                        .toList();
        pathMean = Scope.keep(() -> Tensors.fill(1, 0));
    }

    @Override
    public StepReport run(Batch batch) {
        StepReport[] report = new StepReport[1];
        Scope.run(() -> report[0] = play(batch)); // what a step leaves over belongs to no caller
        return report[0];
    }

    private StepReport play(Batch batch) {
        long step = steps + 1;
        Rng stepRng = rng.fork(step);
        double rate = learningRate.applyAsDouble(step);
        List<Batch> shares = batch.split(players.generators().size());
        double judgeRate =
                rate * options.discriminatorRate() * rules.penalty().lazy().pace();
        if (rules.penalty().lazy().due(step)) flatten(shares, batch.count(), step, judgeRate);
        List<Turn> judged =
                workers.run(shares.size(), i -> losses.judge(i, shares.get(i), batch.count(), stepRng.fork(i)));
        double loss = Turn.mean(judged, Turn::loss), norm = discriminator.collect();
        requireFinite(step, loss, norm);
        discriminator.update(judgeRate, 1, rules.penalty().lazy().updates(step));
        double generatorLoss = Double.NaN, generatorNorm = Double.NaN;
        if (step % options.generatorEvery() == 0) {
            long turn = step / options.generatorEvery();
            double pace = rules.pathLength().lazy().pace();
            if (rules.pathLength().lazy().due(turn)) even(shares, batch.count(), step, rate * pace);
            discriminator.freeze();
            List<Double> drawn =
                    workers.run(shares.size(), i -> losses.generate(i, shares.get(i), batch.count(), stepRng.fork(i)));
            discriminator.thaw();
            generatorLoss = sum(drawn);
            generatorNorm = generator.collect();
            requireFinite(step, generatorLoss, generatorNorm);
            generator.update(rate * pace, 1, rules.pathLength().lazy().updates(turn));
        }
        steps = step;
        Duel duel = new Duel(
                generatorLoss,
                generatorNorm,
                Turn.mean(judged, Turn::realAccuracy),
                Turn.mean(judged, Turn::fakeAccuracy),
                Turn.mean(judged, Turn::diversity));
        return new StepReport(step, loss, norm, rate, batch.count(), duel);
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static void requireFinite(long step, double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) throw new DivergenceException(step, loss, norm);
    }

    /** The discriminator's update by its lazy penalty. */
    private void flatten(List<Batch> shares, int total, long step, double rate) {
        Rng stepRng = rng.fork(step);
        List<Double> costs = workers.run(shares.size(), i -> losses.slope(i, shares.get(i), total, stepRng.fork(i)));
        double norm = discriminator.collect();
        requireFinite(step, sum(costs), norm);
        discriminator.regularize(rate, rules.penalty().lazy().updates(step) - 1);
    }

    /** The generator's update by its path lengths, whose running mean is one for all shares. */
    private void even(List<Batch> shares, int total, long step, double rate) {
        Rng stepRng = rng.fork(step);
        List<Double> costs =
                workers.run(shares.size(), i -> losses.path(i, shares.get(i), total, paths.get(i), stepRng.fork(i)));
        double norm = generator.collect();
        requireFinite(step, sum(costs), norm);
        generator.regularize(rate, rules.pathLength().lazy().updates(step / options.generatorEvery()) - 1);
        double mean = 0;
        for (int i = 0; i < shares.size(); i++)
            mean += shares.get(i).count() * paths.get(i).mean() / total;
        double next = mean;
        Scope.read(() -> pathMean.fill_(new Scalar(next)));
        recall();
    }

    /** Goes on from the running mean that is kept. */
    private void recall() {
        double mean = Scope.read(pathMean::item_double);
        for (PathLength path : paths) path.restore(mean);
    }

    @Override
    public Course course() {
        return Course.PLAYS;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public long parameterCount() {
        return generator.count() + discriminator.count();
    }

    /** Those of the generator, and after {@code discriminator/} those of the discriminator. */
    @Override
    public Map<String, Tensor> weights() {
        return Learner.beside(generator.weights(), DISCRIMINATOR, discriminator.weights());
    }

    /** The generator's. */
    @Override
    public Map<String, Tensor> average(String name) {
        return generator.average(name);
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = Learner.beside(generator.state(), DISCRIMINATOR, discriminator.state());
        state.putAll(buffers(players.discriminators().get(0)));
        if (!paths.isEmpty()) state.put(PATH_LENGTH, pathMean.narrow(0, 0, 1));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> saved, long stepsMade) {
        generator.restore(saved, stepsMade);
        discriminator.restore(Learner.behind(DISCRIMINATOR, saved), stepsMade);
        for (DiscriminatorNetwork d : players.discriminators()) Scope.run(() -> ReplicatedStep.copy(saved, buffers(d)));
        if (!paths.isEmpty()) ReplicatedStep.copy(saved, Map.of(PATH_LENGTH, pathMean));
        recall();
        steps = stepsMade;
    }

    /** What a discriminator keeps beside its weights; the same in all replicas, which see as many batches. */
    private static Map<String, Tensor> buffers(DiscriminatorNetwork d) {
        Map<String, Tensor> buffers = new LinkedHashMap<>();
        Tensors.buffers(d).forEach((name, buffer) -> buffers.put(DISCRIMINATOR + "buffers/" + name, buffer));
        return buffers;
    }

    @Override
    public void close() {
        workers.close();
        generator.close();
        discriminator.close();
        pathMean.close();
    }
}
