package dev.calotype.restore;

import dev.calotype.model.PriorNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import dev.calotype.train.Descent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Untrained networks on their way to a picture, whatever the loss is: several seeds side by side, their mean output and
 * its moving average. A picture that is too small or of odd sides is the upper left part of a larger one.
 */
final class PriorFit implements AutoCloseable {
    /** What an output is held against. */
    @FunctionalInterface
    interface Loss {
        /** A scalar with its graph; {@code output} is fp32 (1, C, H, W) on the network's device, {@code rng} of its seed. */
        Tensor of(Tensor output, Rng rng);
    }

    private record Seed(
            Scope.Owned<PriorNetwork> network, Descent descent, Tensor input, Rng jitter, Rng noise, Rng loss) {
        void close() {
            descent.close();
            network.close();
            input.close();
        }
    }

    private final UntrainedPrior prior;
    private final LinearOperator.Size size;
    private final List<Seed> seeds = new ArrayList<>();
    private final Workers workers;
    private Tensor output;
    private Tensor smoothed;

    PriorFit(UntrainedPrior prior, Observation observation, Rng rng) {
        this.prior = prior;
        size = observation.size();
        int count = prior.fitting().seeds();
        requireMemory(ProcessMemory.available());
        for (int i = 0; i < count; i++) seeds.add(seed(observation, rng.fork(i)));
        boolean sideBySide = !prior.placement().device().isCuda();
        workers = new Workers(sideBySide ? Math.min(count, Runtime.getRuntime().availableProcessors()) : 1);
    }

    private Seed seed(Observation observation, Rng rng) {
        PriorNetwork.Architecture architecture = prior.network();
        Device device = prior.placement().device();
        int in = prior.input().channelsFor(observation),
                out = (int) observation.image().size(1);
        Scope.Owned<PriorNetwork> network = Scope.own(() -> device.move(architecture.build(in, out, rng.fork(0))));
        LinearOperator.Size small = new LinearOperator.Size(
                padded(size.height(), architecture) / architecture.enlargement(),
                padded(size.width(), architecture) / architecture.enlargement());
        Tensor input = Scope.keep(() -> device.move(prior.input().draw(observation, small, rng.fork(1))));
        Descent descent = new Descent(network.value(), prior.placement().precision());
        return new Seed(network, descent, input, rng.fork(2), rng.fork(3), rng.fork(4));
    }

    /** Refuses a picture that is too large to be fitted here, before anything is allocated. */
    private void requireMemory(long available) {
        if (prior.placement().device().isCuda()) return;
        long bytes = prior.memory(size);
        if (bytes > available)
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a fit to %d x %d pixels needs about %.1f GB, and %.1f GB are free: make the picture smaller, or"
                            + " restore it in parts",
                    size.width(),
                    size.height(),
                    bytes * 1e-9,
                    available * 1e-9));
    }

    private static long padded(long side, PriorNetwork.Architecture architecture) {
        long multiple = architecture.multiple();
        return Math.max(architecture.smallest(), (side + multiple - 1) / multiple * multiple);
    }

    /** One step of every network; the mean loss. */
    double iterate(Loss loss) {
        Tensor[] outputs = new Tensor[seeds.size()];
        double[] losses = new double[seeds.size()];
        try {
            workers.run(seeds.size(), i -> {
                Scope.run(() -> losses[i] = step(seeds.get(i), loss, outputs, i));
                return null;
            });
            Scope.run(() -> take(outputs));
        } finally {
            for (Tensor each : outputs) if (each != null) each.close();
        }
        double sum = 0;
        for (double each : losses) sum += each;
        return sum / losses.length;
    }

    private double step(Seed seed, Loss loss, Tensor[] outputs, int index) {
        UntrainedPrior.Fitting fitting = prior.fitting();
        double jitter = prior.input().jitter();
        Tensor z = jitter == 0
                ? seed.input()
                : seed.input().add(seed.jitter().quickNormalLike(seed.input()), new Scalar(jitter));
        Tensor x = seed.network()
                .value()
                .forward(z)
                .narrow(2, 0, size.height())
                .narrow(3, 0, size.width()); // (1, C, H, W)
        outputs[index] = Scope.keep(() -> x.detach().contiguous());
        Tensor objective = loss.of(x, seed.loss());
        if (fitting.totalVariation() > 0) objective = objective.add(variation(x), new Scalar(fitting.totalVariation()));
        double value = seed.descent().step(objective, fitting.learningRate());
        if (fitting.langevin() > 0) seed.descent().perturb(fitting.langevin() * fitting.learningRate(), seed.noise());
        return value;
    }

    /** The mean absolute difference of vertical and of horizontal neighbours. */
    private static Tensor variation(Tensor x) {
        Tensor sum = x.sum().mul(new Scalar(0.0));
        for (int dimension = 2; dimension <= 3; dimension++) {
            long pairs = x.size(dimension) - 1;
            if (pairs > 0)
                sum = sum.add(x.narrow(dimension, 1, pairs)
                        .sub(x.narrow(dimension, 0, pairs))
                        .abs()
                        .mean());
        }
        return sum;
    }

    private void take(Tensor[] outputs) {
        Tensor mean =
                Scope.keep(() -> Tensors.cat(0, outputs).mean(0).unsqueeze(0).cpu());
        if (output != null) output.close();
        output = mean;
        double decay = prior.fitting().smoothing();
        if (smoothed == null) smoothed = Scope.keep(() -> mean.clone());
        else Scope.read(() -> smoothed.lerp_(mean, new Scalar(1 - decay)));
    }

    /** Iteration {@code made} as watchers and rules see it. */
    Watcher.Frame frame(int made, int total, double loss, Choice choice) {
        return new Watcher.Frame(made, total, loss, output, smoothed, choice.iteration());
    }

    /** Lets the rule judge iteration {@code made} and the watcher see it. */
    void show(int made, int total, double loss, Choice choice, Watcher watcher) {
        choice.judge(frame(made, total, loss, choice));
        Scope.run(() -> watcher.see(frame(made, total, loss, choice)));
    }

    /** Gives every network this picture, (1, C, H, W), as its input, continued to where it wants. */
    void feed(Tensor picture) {
        for (Seed seed : seeds)
            Scope.read(() -> seed.input().copy_(PriorInput.continued(picture, LinearOperator.Size.of(seed.input()))));
    }

    /** Gives every network what {@code before} answers; nothing if that is null. */
    void feed(Restorer before, Observation observation, Rng rng, Budget budget) {
        if (before != null) Scope.run(() -> feed(PriorInput.unit(answer(before, observation, rng, budget))));
    }

    /** What a restorer answers in a quarter of the time. */
    static Tensor answer(Restorer before, Observation observation, Rng rng, Budget budget) {
        return before.restore(observation, rng, new Budget(budget.seconds() / 4, 0), Watcher.NONE)
                .image();
    }

    /** The mean output of the latest iteration, on the processor; valid until the next. */
    Tensor output() {
        return output;
    }

    /** The moving average of the outputs, on the processor; it moves with each iteration. */
    Tensor smoothed() {
        return smoothed;
    }

    @Override
    public void close() {
        workers.close();
        seeds.forEach(Seed::close);
        if (output != null) output.close();
        if (smoothed != null) smoothed.close();
    }
}
