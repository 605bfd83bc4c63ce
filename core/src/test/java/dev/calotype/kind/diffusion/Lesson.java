package dev.calotype.kind.diffusion;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.image.Images;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Averaging;
import dev.calotype.train.GradientStep;
import dev.calotype.train.Optimizer;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** A model that learns a few pictures by heart. */
final class Lesson {
    private Lesson() {}

    /** Asks a model that has learned {@code pictures}, four times each in a step. */
    static void taught(DiffusionExperiment experiment, Batch pictures, int steps, Consumer<DiffusionModel> asks) {
        var options = new GradientStep.Options(Optimizer.MUON, 0, 0.99, 1, 1, Averaging.exponential(List.of(0.9)));
        try (Scope.Owned<DiffusionNetwork> network =
                        Scope.own(() -> DiffusionTask.network(experiment, Policy.NEVER, Rng.of(1)));
                GradientStep<DiffusionNetwork> step = new GradientStep<>(
                        DiffusionTask.objective(experiment, experiment.process().timestepSampler()),
                        List.of(network.value()),
                        Precision.FP32,
                        options,
                        s -> 0.01,
                        Rng.of(2))) {
            Batch all = new Batch(Columns.join(Collections.nCopies(4, pictures.columns())));
            for (int i = 0; i < steps; i++) Scope.run(() -> step.run(all));
            Inference.prepare(network.value(), Precision.FP32);
            DiffusionModel model = new DiffusionModel(experiment, (UNet) network.value());
            Scope.run(() -> asks.accept(model));
        }
    }

    /** The root of the mean square by which images differ, in levels of 8 bits. */
    static double rms(Tensor a, Tensor b) {
        return Scope.read(
                () -> Images.LEVELS * Math.sqrt(a.sub(b).square().mean().item_double()));
    }
}
