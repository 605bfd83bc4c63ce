package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.vit.PretrainedVit;
import dev.calotype.checkpoint.vit.TransformersVit;
import dev.calotype.data.Batch;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Size;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Learner;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The Vision Transformer of the benches: ViT-S/16 with 1000 classes. */
final class BenchVit {
    static final int CHANNELS = 3, CLASSES = 1000, SIZE = 224;

    private static final int COMPARED_STEPS = 3;
    private static final double DEVIATION = 0.02;

    private BenchVit() {}

    /** A network in whose output every weight has a part: those that begin at zero are drawn. */
    static VisionTransformer fresh(int size) {
        VisionTransformerConfig config = VisionTransformerConfig.of(Size.SMALL, 16);
        VisionTransformer network = new VisionTransformer(config, new Ports(size, CHANNELS, CLASSES), Rng.of(1));
        Scope.inference(() -> {
            Rng rng = Rng.of(2);
            for (Tensor weight : Tensors.parameters(network).values())
                if (weight.count_nonzero().item_long() == 0)
                    weight.copy_(Tensors.scale(DEVIATION, rng.normalLike(weight)));
            return Tensors.of(0.0);
        });
        return network;
    }

    /** Writes the network as a folder of transformers, and inputs, into {@code folder}. */
    static void write(Path folder, VisionTransformer network, Map<String, Tensor> inputs) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            List<String> classes =
                    IntStream.range(0, CLASSES).mapToObj(String::valueOf).toList();
            TransformersVit.write(
                    folder.resolve("vit"), new PretrainedVit(network, classes, Standardization.signed(CHANNELS)));
            SafeTensors.write(folder.resolve("inputs.safetensors"), inputs, Map.of());
        }
    }

    /** Pictures of noise. */
    static Batch batch(int[] labels, int size, Rng rng) {
        byte[] pixels = new byte[labels.length * CHANNELS * size * size];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) rng.nextLong();
        return Batch.ofPixels(pixels, labels, CHANNELS, size);
    }

    /** What the first steps tell, to be compared with those of peers. */
    static Map<String, float[]> firstSteps(Learner step, Batch batch) {
        float[] losses = new float[COMPARED_STEPS], norms = new float[COMPARED_STEPS];
        for (int i = 0; i < COMPARED_STEPS; i++) {
            StepReport report = step.run(batch);
            losses[i] = (float) report.loss();
            norms[i] = (float) report.gradientNorm();
        }
        return Map.of("losses", losses, "gradient_norms", norms);
    }

    /** What peers must know. */
    static Map<String, String> settings(int batch, int size) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("batch", String.valueOf(batch));
        settings.put("size", String.valueOf(size));
        return settings;
    }
}
