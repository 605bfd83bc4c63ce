package dev.calotype.app.bench;

import dev.calotype.data.Batch;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.GradientStep;
import dev.calotype.train.mixing.Mixing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One training step of ViT-S/16: forward, cross-entropy, backward, clipping, AdamW, one average of the weights. */
final class VitWork implements Work {
    private static final double RATE = 1e-4, BETA2 = 0.999, CLIP = 1, EMA = 0.9999;

    private final Description description;
    private final int size;
    private final Batch batch;
    private final Scope.Owned<List<VisionTransformer>> replicas;
    private final GradientStep<VisionTransformer> step;

    VitWork(BenchSettings settings, int count) {
        size = settings.size(BenchVit.SIZE);
        int workers = settings.workers(count);
        description = new Description(
                "step",
                BenchVit.settings(count, size),
                settings.precision().name().toLowerCase(Locale.ROOT),
                BenchSettings.threads(workers),
                1e-2);
        Rng rng = Rng.of(3);
        batch = BenchVit.batch(rng.ints(count, 0, BenchVit.CLASSES), size, rng);
        replicas = Scope.own(() -> {
            List<VisionTransformer> networks = new ArrayList<>();
            for (int i = 0; i < workers; i++) networks.add(BenchVit.fresh(size));
            return networks;
        });
        step = new GradientStep<>(
                (network, part, chance) -> BatchLoss.of(loss(network, part)),
                replicas.value(),
                settings.precision(),
                new GradientStep.Options(0, BETA2, CLIP, 1, List.of(EMA)),
                i -> RATE,
                Rng.of(4));
    }

    private static Tensor loss(VisionTransformer network, Batch part) {
        return Scope.tidy(() -> {
            Tensor clean = part.images(Device.of(network)); // (N, C, H, W)
            Mixing.Pairs plain = Mixing.NONE.apply(clean, part.labels(), BenchVit.CLASSES, 1, Rng.of(0));
            return torch.cross_entropy_loss(network.forward(plain.images()), plain.shares());
        });
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scope.Owned<VisionTransformer> fresh = Scope.own(() -> BenchVit.fresh(size))) {
            Map<String, Tensor> inputs = Map.of("images", batch.images(), "labels", Tensors.of(batch.labels()));
            BenchVit.write(folder, fresh.value(), inputs);
        }
        return BenchVit.firstSteps(step, batch);
    }

    @Override
    public void iterate() {
        step.run(batch);
    }

    @Override
    public void close() {
        step.close();
        replicas.close();
    }
}
