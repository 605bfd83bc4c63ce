package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.Batch;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Size;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.ContrastiveStep;
import dev.calotype.train.GradientStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** One training step of a CLIP of ViT-S/16 and a text encoder as wide and deep: contrastive loss of the batch, clipping, AdamW, one average. */
final class ClipWork implements Work {
    private static final int CONTEXT = 77, VOCABULARY = 49_408, EMBEDDING = 384;
    private static final double RATE = 1e-4, BETA2 = 0.999, CLIP = 1, EMA = 0.9999;

    private final Description description;
    private final int size;
    private final Batch batch;
    private final Tensor ids;
    private final Scope.Owned<List<Clip>> replicas;
    private final ContrastiveStep step;

    ClipWork(BenchSettings settings, int count) {
        size = settings.size(BenchVit.SIZE);
        int workers = settings.workers(count);
        description = new Description(
                "step",
                BenchVit.settings(count, size),
                settings.precision().name().toLowerCase(Locale.ROOT),
                BenchSettings.threads(workers),
                2e-2);
        Rng rng = Rng.of(3);
        batch = BenchVit.batch(IntStream.range(0, count).toArray(), size, rng); // a label is the row of its text
        ids = Scope.keep(() -> texts(count, rng));
        replicas = Scope.own(() -> {
            List<Clip> networks = new ArrayList<>();
            for (int i = 0; i < workers; i++) networks.add(fresh());
            return networks;
        });
        step = new ContrastiveStep(
                part -> Scope.tidy(() -> ids.index_select(0, Tensors.of(part.labels()))),
                replicas.value(),
                settings.precision(),
                new GradientStep.Options(0, BETA2, CLIP, 1, List.of(EMA)),
                i -> RATE);
    }

    /** Texts that fill the context, each with its mark of the end, the largest id: int64 (count, 77). */
    private static Tensor texts(int count, Rng rng) {
        int[] words = rng.ints(count * CONTEXT, 0, VOCABULARY - 2);
        for (int i = 1; i <= count; i++) words[i * CONTEXT - 1] = VOCABULARY - 1;
        return Tensors.of(words).view(count, CONTEXT);
    }

    private Clip fresh() {
        VisionTransformerConfig vision = VisionTransformerConfig.of(Size.SMALL, 16);
        TextTransformer.Config text = new TextTransformer.Config(
                VOCABULARY,
                CONTEXT,
                vision.width(),
                vision.depth(),
                vision.heads(),
                vision.hidden(),
                Activation.QUICK_GELU,
                vision.epsilon(),
                Sight.PAST,
                TextTransformer.Reading.LARGEST_ID,
                0);
        Ports ports = new Ports(size, BenchVit.CHANNELS, 0);
        return new Clip(
                new Clip.Config(vision, Variant.CLIP_QUICK, ports, text, EMBEDDING, Clip.Family.CLIP), Rng.of(1));
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        try (PointerScope scope = new PointerScope();
                Scope.Owned<Clip> fresh = Scope.own(this::fresh)) {
            SafeTensors.write(folder.resolve("weights.safetensors"), Tensors.parameters(fresh.value()), Map.of());
            Map<String, Tensor> inputs = Map.of("images", batch.images(), "ids", ids);
            SafeTensors.write(folder.resolve("inputs.safetensors"), inputs, Map.of());
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
        ids.close();
    }
}
