package dev.calotype.app.bench;

import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One evaluation of the network, as samplers ask for it. */
final class SampleWork implements Work {
    private final Description description;
    private final Scope.Owned<UNet> network;
    private final Precision precision;
    private final Tensor noisy;
    private final Tensor times;

    SampleWork(BenchSettings settings, int batch) {
        int size = settings.size(32);
        precision = settings.precision();
        description = new Description(
                "evaluation",
                BenchNetwork.settings(batch, size, settings.channels()),
                precision.name().toLowerCase(Locale.ROOT),
                torch.get_num_threads(),
                1e-3);
        network = Scope.own(() -> BenchNetwork.read(settings.channels()));
        noisy = Scope.keep(() -> Rng.of(5).normal(batch, BenchNetwork.IMAGE_CHANNELS, size, size));
        times = Scope.keep(() -> Tensors.scale(999, Rng.of(6).uniform(batch)));
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        BenchNetwork.write(folder, network.value(), Map.of("noisy", noisy, "times", times));
        Inference.prepare(network.value(), precision);
        return Map.of("output", Scope.read(() -> Tensors.floats(evaluate())));
    }

    private Tensor evaluate() {
        return network.value().forward(noisy, times, Condition.NONE); // (N, C, H, W)
    }

    @Override
    public void iterate() {
        Scope.read(this::evaluate);
    }

    @Override
    public void close() {
        network.close();
        noisy.close();
        times.close();
    }
}
