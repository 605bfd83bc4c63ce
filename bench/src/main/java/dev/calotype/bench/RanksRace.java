package dev.calotype.bench;

import dev.calotype.collective.Distributed;
import dev.calotype.collective.Gloo;
import dev.calotype.collective.Place;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective;
import dev.calotype.train.GradientStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Steps of the U-Net of {@code calotype bench train} that several processes share: how long they take, how long they wait for each other, what they send, and
 * their memory. {@code bench/ranks} starts it.
 */
public final class RanksRace {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SIZE = 32, WARM_UP = 2, STEPS = 1000;

    private RanksRace() {}

    /**
     * Values by name: {@code rank=0 world=2 store=HOST:PORT workers=1 batch=64 steps=10 precision=bf16 channels=64 method=data-parallel
     * every=1 begin=early}. With {@code begin=late} no sum begins before all gradients are there.
     */
    public static void main(String[] arguments) {
        Map<String, String> given = new TreeMap<>(Map.of(
                "rank", "0", "world", "1", "store", "127.0.0.1:29500", "workers", "1", "batch", "64", "steps", "10"));
        given.putAll(Map.of(
                "precision", "bf16", "channels", "64", "method", "data-parallel", "every", "1", "begin", "early"));
        for (String argument : arguments) given.put(argument.split("=", 2)[0], argument.split("=", 2)[1]);
        int world = number(given, "world");
        Engine.load(1);
        if (world == 1) race(given, Ranks.ALONE);
        else {
            Place place =
                    Place.of(given.get("store"), Optional.of(given.get("store").split(":")[0]));
            try (Ranks ranks = given.get("rank").equals("0")
                    ? Gloo.lead(place, world, "", PATIENCE)
                    : Gloo.join(place, "", PATIENCE)) {
                race(given, ranks);
            }
        }
    }

    private static int number(Map<String, String> given, String name) {
        return Integer.parseInt(given.get(name));
    }

    private static void race(Map<String, String> given, Ranks ranks) {
        Measured measured = new Measured(ranks, given.get("begin").equals("late"));
        int own = number(given, "batch") / ranks.world(), steps = number(given, "steps");
        double[] seconds = new double[steps], waited = new double[steps];
        try (GradientStep<DiffusionNetwork> step = step(given, measured)) {
            Batch batch = batch(own);
            for (int i = -WARM_UP; i < steps; i++) {
                measured.waited = 0;
                measured.bytes = 0;
                long begun = System.nanoTime();
                Scope.run(() -> step.run(batch));
                if (i < 0) continue;
                seconds[i] = (System.nanoTime() - begun) * 1e-9;
                waited[i] = measured.waited * 1e-9;
            }
            double mean = Arrays.stream(seconds).average().orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "rank %d of %d %s %s: %.3f s a step (median %.3f), %.2f images/s, waited %.3f s a step, %.1f MB summed"
                            + " in the last, %.1f M weights, peak %d MB%n",
                    ranks.rank(),
                    ranks.world(),
                    given.get("method"),
                    given.get("begin"),
                    mean,
                    median(seconds),
                    number(given, "batch") / mean,
                    Arrays.stream(waited).average().orElseThrow(),
                    measured.bytes * 1e-6,
                    step.parameterCount() * 1e-6,
                    ProcessMemory.peak().orElse(0) >> 20);
        }
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Batch batch(int count) {
        Rng rng = Rng.of(3);
        byte[] pixels = new byte[count * 3 * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        return Batch.ofPixels(pixels, new int[count], 3, SIZE);
    }

    private static GradientStep<DiffusionNetwork> step(Map<String, String> given, Ranks ranks) {
        var config = new UNet.Config(
                number(given, "channels"),
                List.of(1, 2, 2, 2),
                2,
                List.of(2, 4),
                4,
                0,
                ResidualBlock.Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < number(given, "workers"); i++)
            networks.add(new UNet(config, new UNet.Ports(3, 3, 0), Rng.of(1)));
        var process =
                new GaussianDiffusion(NoiseSchedule.linear(STEPS), Parameterization.EPSILON, Variance.FIXED_LARGE);
        var objective = new DiffusionObjective(
                new DiffusionLoss(process, Loss.SIMPLE), TimestepSampler.uniform(STEPS), Conditioning.none());
        var method = Kebab.parse(Distributed.Method.class, given.get("method"));
        Check.that(method != null, "method must be " + Kebab.list(Distributed.Method.values()), given.get("method"));
        var distributed = new Distributed(method, number(given, "every"), 1, 0);
        return new GradientStep<>(
                objective,
                networks,
                Precision.valueOf(given.get("precision").toUpperCase(Locale.ROOT)),
                new GradientStep.Options(0, 0.999, 1, 1, List.of(0.9999)).with(distributed),
                i -> 1e-4,
                Rng.of(4),
                ranks);
    }

    /** Ranks that tell how long this one waits for them. */
    private static final class Measured implements Ranks {
        private final Ranks ranks;
        private final boolean late;
        private long waited;
        private long bytes;

        Measured(Ranks ranks, boolean late) {
            this.ranks = ranks;
            this.late = late;
        }

        private void timed(Runnable body) {
            long begun = System.nanoTime();
            body.run();
            waited += System.nanoTime() - begun;
        }

        private void count(Tensor tensor) {
            bytes += tensor.numel() * tensor.element_size();
        }

        @Override
        public int rank() {
            return ranks.rank();
        }

        @Override
        public int world() {
            return ranks.world();
        }

        @Override
        public Pending summing(Tensor tensor) {
            count(tensor);
            if (late) {
                Tensor kept = Scope.keep(() -> tensor.alias());
                return () -> timed(() -> {
                    ranks.sum(kept);
                    kept.close();
                });
            }
            Pending pending = ranks.summing(tensor);
            return () -> timed(pending::await);
        }

        @Override
        public double[] sum(double... values) {
            double[][] sums = new double[1][];
            timed(() -> sums[0] = ranks.sum(values));
            return sums[0];
        }

        @Override
        public void follow(Tensor tensor, int rank) {
            count(tensor);
            timed(() -> ranks.follow(tensor, rank));
        }

        @Override
        public void exchange(Tensor sent, int to, Tensor received, int from) {
            if (sent != null) count(sent);
            timed(() -> ranks.exchange(sent, to, received, from));
        }

        @Override
        public double[] follow(double... values) {
            return ranks.follow(values);
        }

        @Override
        public void close() {}
    }
}
