package dev.calotype.app.bench;

import dev.calotype.model.vit.VisionTransformer;
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

/** One batch of pictures named by ViT-S/16, without gradients. */
final class NamingWork implements Work {
    private final Description description;
    private final Scope.Owned<VisionTransformer> network;
    private final Precision precision;
    private final Tensor images;

    NamingWork(BenchSettings settings, int batch) {
        int size = settings.size(BenchVit.SIZE);
        precision = settings.precision();
        description = new Description(
                "batch",
                BenchVit.settings(batch, size),
                precision.name().toLowerCase(Locale.ROOT),
                torch.get_num_threads(),
                1e-2);
        network = Scope.own(() -> BenchVit.fresh(size));
        images = Scope.keep(() -> Rng.of(5).normal(batch, BenchVit.CHANNELS, size, size));
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        BenchVit.write(folder, network.value(), Map.of("images", images));
        Inference.prepare(network.value(), precision);
        return Map.of("logits", Scope.read(() -> Tensors.floats(logits())));
    }

    private Tensor logits() {
        return Scope.inference(() -> network.value().forward(images)); // (N, K)
    }

    @Override
    public void iterate() {
        Scope.read(this::logits);
    }

    @Override
    public void close() {
        network.close();
        images.close();
    }
}
