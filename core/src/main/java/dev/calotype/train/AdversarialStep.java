package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.model.Condition;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

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

    private static final long LATENT = 1,
            REAL = 2,
            FAKE = 3,
            BETWEEN = 4,
            GENERATED = 5,
            INNER = 6,
            PATH = 7; // streams of a share
    private static final String DISCRIMINATOR = "discriminator/";
    private static final String PATH_LENGTH = "path-length/mean";
    private static final int COARSE = 8;

    private final Players players;
    private final Rules rules;
    private final Options options;
    private final LongToDoubleFunction learningRate;
    private final Rng rng;
    private final Workers workers;
    private final TrainedWeights generator;
    private final TrainedWeights discriminator;
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
        if (rules.pathLength().weight() > 0 && !(players.generators().get(0) instanceof StyleGan2Generator))
            throw new IllegalArgumentException("path lengths want a generator with styles: "
                    + players.generators().get(0).getClass().getSimpleName());
        workers = new Workers(players.generators().size());
        var adam = new TrainedWeights.Adam(options.beta1(), options.beta2(), 0);
        var slow = adam.slower(rules.pathLength().lazy().pace());
        generator = new TrainedWeights(players.generators(), precision, slow, options.emaDecays(), workers);
        var careful = adam.slower(rules.penalty().lazy().pace());
        discriminator = new TrainedWeights(players.discriminators(), precision, careful, List.of(), workers);
        paths = rules.pathLength().weight() == 0
                ? List.of()
                : players.generators().stream()
                        .map(g -> new PathLength(rules.pathLength()))
                        .toList();
        pathMean = Scope.keep(() -> Tensors.fill(1, 0));
    }

    /** What one share of a batch came to. */
    private record Turn(double share, double loss, double realAccuracy, double fakeAccuracy, double diversity) {}

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
        List<Turn> judged = workers.run(shares.size(), i -> judge(i, shares.get(i), batch.count(), stepRng.fork(i)));
        double loss = mean(judged, Turn::loss), norm = discriminator.collect();
        requireFinite(step, loss, norm);
        discriminator.update(judgeRate, 1, rules.penalty().lazy().updates(step));
        double generatorLoss = Double.NaN, generatorNorm = Double.NaN;
        if (step % options.generatorEvery() == 0) {
            long turn = step / options.generatorEvery();
            double pace = rules.pathLength().lazy().pace();
            if (rules.pathLength().lazy().due(turn)) even(shares, batch.count(), step, rate * pace);
            discriminator.freeze();
            List<Double> losses =
                    workers.run(shares.size(), i -> generate(i, shares.get(i), batch.count(), stepRng.fork(i)));
            discriminator.thaw();
            generatorLoss = sum(losses);
            generatorNorm = generator.collect();
            requireFinite(step, generatorLoss, generatorNorm);
            generator.update(rate * pace, 1, rules.pathLength().lazy().updates(turn));
        }
        steps = step;
        Duel duel = new Duel(
                generatorLoss,
                generatorNorm,
                mean(judged, Turn::realAccuracy),
                mean(judged, Turn::fakeAccuracy),
                mean(judged, Turn::diversity));
        return new StepReport(step, loss, norm, rate, batch.count(), duel);
    }

    private static double mean(List<Turn> turns, ToDoubleFunction<Turn> value) {
        return turns.stream()
                .mapToDouble(turn -> turn.share() * value.applyAsDouble(turn))
                .sum();
    }

    private static double sum(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static void requireFinite(long step, double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) throw new DivergenceException(step, loss, norm);
    }

    /** Adds the gradients of the discriminator's mean loss over the whole batch that come from one share. */
    private Turn judge(int worker, Batch batch, int total, Rng shareRng) {
        DiscriminatorNetwork d = players.discriminators().get(worker);
        Condition condition = Condition.ofLabels(batch.labels());
        double share = (double) batch.count() / total;
        Turn[] turn = new Turn[1];
        Scope.run(() -> {
            Tensor real = batch.images(Device.of(d)); // (N, C, H, W)
            Tensor fake = Scope.inference(() -> draw(worker, batch, shareRng, condition));
            Tensor onReal = d.forward(rules.augmentation().apply(real, shareRng.fork(REAL)), condition); // (N)
            Tensor onFake = d.forward(rules.augmentation().apply(fake, shareRng.fork(FAKE)), condition); // (N)
            Tensor loss = rules.loss().discriminator(onReal, onFake, rules.smoothing());
            if (rules.penalty().constant())
                loss = loss.add(rules.penalty().of(x -> d.forward(x, condition), real, fake, shareRng.fork(BETWEEN)));
            Tensors.scale(share, loss).backward();
            double value = loss.item_double();
            turn[0] = Scope.read(() -> {
                double boundary = rules.loss().boundary(onReal, onFake);
                double right = above(onReal, boundary), wrong = above(onFake, boundary);
                return new Turn(share, value, right, 1 - wrong, deviation(fake) / deviation(real));
            });
        });
        return turn[0];
    }

    /** The discriminator's update by its lazy penalty. */
    private void flatten(List<Batch> shares, int total, long step, double rate) {
        Rng stepRng = rng.fork(step);
        List<Double> costs = workers.run(shares.size(), i -> {
            Batch batch = shares.get(i);
            DiscriminatorNetwork d = players.discriminators().get(i);
            Condition condition = Condition.ofLabels(batch.labels());
            Rng own = stepRng.fork(i);
            return backward((double) batch.count() / total, () -> {
                Tensor real = batch.images(Device.of(d)); // (N, C, H, W)
                Tensor fake = rules.penalty().kind() == SlopePenalty.Kind.R1
                        ? real
                        : Scope.inference(() -> draw(i, batch, own, condition)); // (N, C, H, W)
                return rules.penalty().of(x -> d.forward(x, condition), real, fake, own.fork(BETWEEN));
            });
        });
        double norm = discriminator.collect();
        requireFinite(step, sum(costs), norm);
        discriminator.regularize(rate, rules.penalty().lazy().updates(step) - 1);
    }

    /** The generator's update by its path lengths, whose running mean is one for all shares. */
    private void even(List<Batch> shares, int total, long step, double rate) {
        Rng stepRng = rng.fork(step);
        List<Double> costs = workers.run(shares.size(), i -> {
            var g = (StyleGan2Generator) players.generators().get(i);
            int count = Math.max(1, shares.get(i).count() / 2);
            Rng own = stepRng.fork(i).fork(PATH);
            return backward((double) shares.get(i).count() / total, () -> {
                Tensor z = Device.of(g).move(own.fork(LATENT).normal(count, g.latent())); // (N / 2, latent)
                return paths.get(i).penalty(g, z, own.fork(INNER));
            });
        });
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

    /** Adds the gradients of {@code share} times a loss, and returns that number. */
    private static double backward(double share, Supplier<Tensor> loss) {
        double[] value = new double[1];
        Scope.run(() -> {
            Tensor part = Tensors.scale(share, loss.get());
            part.backward();
            value[0] = part.item_double();
        });
        return value[0];
    }

    /** Adds the gradients of the generator's mean loss over the whole batch that come from one share. */
    private double generate(int worker, Batch batch, int total, Rng shareRng) {
        DiscriminatorNetwork d = players.discriminators().get(worker);
        Condition condition = Condition.ofLabels(batch.labels());
        Rng own = shareRng.fork(GENERATED);
        return backward((double) batch.count() / total, () -> {
            Tensor fake = draw(worker, batch, own, condition); // (N, C, H, W)
            Tensor onFake = d.forward(rules.augmentation().apply(fake, own.fork(FAKE)), condition); // (N)
            return rules.loss().generator(onFake);
        });
    }

    private Tensor draw(int worker, Batch batch, Rng turn, Condition condition) {
        GeneratorNetwork g = players.generators().get(worker);
        Tensor z = Device.of(g).move(turn.fork(LATENT).normal(batch.count(), g.latent())); // (N, latent)
        return g.forTraining(z, condition, turn.fork(INNER)); // (N, C, H, W)
    }

    private static double above(Tensor logits, double boundary) {
        return (double) logits.gt(new Scalar(boundary)).count_nonzero().item_long() / logits.numel();
    }

    /** The deviation of the coarse pixels of images (N, C, H, W) over the batch. */
    private static double deviation(Tensor images) {
        Tensor coarse = torch.adaptive_avg_pool2d(images, COARSE, COARSE); // (N, C, 8, 8)
        Tensor squares = coarse.sub(coarse.mean(0)).square().mean(0); // (C, 8, 8)
        return Math.sqrt(squares.mean().item_double());
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
        Map<String, Tensor> weights = new LinkedHashMap<>(generator.weights());
        discriminator.weights().forEach((name, view) -> weights.put(DISCRIMINATOR + name, view));
        return weights;
    }

    /** The generator's. */
    @Override
    public Map<String, Tensor> average(double decay) {
        return generator.average(decay);
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>(generator.state());
        discriminator.state().forEach((name, view) -> state.put(DISCRIMINATOR + name, view));
        state.putAll(buffers(players.discriminators().get(0)));
        if (!paths.isEmpty()) state.put(PATH_LENGTH, pathMean.narrow(0, 0, 1));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> saved, long stepsMade) {
        generator.restore(saved);
        Map<String, Tensor> judge = new LinkedHashMap<>();
        saved.forEach((name, tensor) -> {
            if (name.startsWith(DISCRIMINATOR)) judge.put(name.substring(DISCRIMINATOR.length()), tensor);
        });
        discriminator.restore(judge);
        for (DiscriminatorNetwork d : players.discriminators()) Scope.run(() -> TrainedWeights.copy(saved, buffers(d)));
        if (!paths.isEmpty()) TrainedWeights.copy(saved, Map.of(PATH_LENGTH, pathMean));
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
