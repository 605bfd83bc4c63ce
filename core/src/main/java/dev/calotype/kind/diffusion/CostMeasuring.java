package dev.calotype.kind.diffusion;

import dev.calotype.data.Batch;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.offer.Cost;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** Measures what the work of a diffusion model costs on this machine. */
final class CostMeasuring {
    private static final int LITTER = 1 << 16;

    private CostMeasuring() {}

    /** Of a training step on random images, without its data, checkpoints and validation. */
    static Cost ofStep(DiffusionExperiment experiment, int repetitions) {
        MemoryEstimate estimate = DiffusionMemory.steps(experiment);
        Precision precision = experiment.training().placement().precision();
        Rng rng = Rng.of(experiment.seed());
        Policy policy = DiffusionMemory.policy(experiment);
        try (Scope.Owned<List<DiffusionNetwork>> replicas = Scope.own(() -> networks(experiment, policy));
                Scope.Owned<DiffusionNetwork> averaged = Scope.own(() -> prepared(experiment, precision));
                GradientStep<DiffusionNetwork> step = new GradientStep<>(
                        DiffusionTask.objective(experiment, experiment.process().timestepSampler()),
                        replicas.value(),
                        precision,
                        experiment.training().options(),
                        i -> experiment.training().learningRate(),
                        rng)) {
            Batch batch = batch(experiment);
            double seconds = fastest(repetitions, () -> step.run(batch));
            return of(step.parameterCount(), seconds, estimate);
        }
    }

    /** Of drawing {@code images} images at once as the experiment samples. */
    static Cost ofSampling(DiffusionExperiment experiment, int images, int repetitions) {
        MemoryEstimate estimate = DiffusionMemory.sampling(experiment, images);
        var request = new Request(experiment.sampling(), 0, Request.ANY);
        Precision precision = experiment.training().placement().precision();
        try (Scope.Owned<DiffusionNetwork> network = Scope.own(() -> prepared(experiment, precision))) {
            DiffusionModel model = new DiffusionModel(experiment, network.value());
            double seconds = fastest(repetitions, () -> model.sample(request, 0, images));
            long weights = Scope.read(() -> Tensors.parameters(network.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
            return of(weights, seconds, estimate);
        }
    }

    private static List<DiffusionNetwork> networks(DiffusionExperiment experiment, Policy policy) {
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < experiment.training().resolvedWorkers(Device.CPU); i++)
            networks.add(DiffusionTask.network(experiment, policy, Rng.of(1)));
        return networks;
    }

    private static DiffusionNetwork prepared(DiffusionExperiment experiment, Precision precision) {
        return Inference.prepare(DiffusionTask.network(experiment, Policy.NEVER, Rng.of(1)), precision);
    }

    private static Batch batch(DiffusionExperiment experiment) {
        DataSettings data = experiment.data();
        int count = experiment.training().batch();
        byte[] pixels = new byte[count * data.channels() * data.size() * data.size()];
        Rng rng = Rng.of(2);
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        return Batch.ofPixels(pixels, new int[count], data.channels(), data.size());
    }

    private static Cost of(long weights, double seconds, MemoryEstimate estimate) {
        long peak = ProcessMemory.peak().orElse(0);
        return new Cost(weights, seconds, estimate.total() >> 20, peak >> 20);
    }

    /** Makes garbage, as the data of a long run would: a short one would seem to need less. */
    private static void litter(long bytes) {
        Stream.generate(() -> new byte[LITTER]).limit(bytes / LITTER).forEach(piece -> piece[0] = 1);
    }

    private static double fastest(int repetitions, Runnable work) {
        litter(2 * MemoryEstimate.youngGeneration());
        double best = Double.MAX_VALUE;
        for (int i = 0; i < repetitions; i++) {
            long begun = System.nanoTime();
            Scope.run(work);
            best = Math.min(best, (System.nanoTime() - begun) * 1e-9);
        }
        return best;
    }
}
