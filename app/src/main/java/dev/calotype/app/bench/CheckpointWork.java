package dev.calotype.app.bench;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.UNet;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint of a training written and read again: weights, one average, the moments of AdamW. Ours is flushed to the
 * disk and its hash is checked.
 */
final class CheckpointWork implements Work {
    private static final String[] GROUPS = {"weights/", "ema/0.9999/", "adam/first/", "adam/second/"};

    private final Description description;
    private final Scope.Owned<UNet> network;
    private Path file;

    CheckpointWork(BenchSettings settings) {
        description = new Description(
                "write and read", Map.of("channels", String.valueOf(settings.channels())), "fp32", 1, 1e-5);
        network = Scope.own(() -> BenchNetwork.fresh(settings.channels(), BenchNetwork.IMAGE_CHANNELS));
    }

    @Override
    public Description description() {
        return description;
    }

    private void write() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = Weights.of(network.value());
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String group : GROUPS) weights.forEach((name, weight) -> tensors.put(group + name, weight));
            new Checkpoint(tensors, "name: bench", Map.of("step", 1.0)).write(file);
        }
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        file = folder.resolve("checkpoint.safetensors");
        write();
        try (PointerScope scope = new PointerScope()) {
            double sum = 0;
            for (Tensor tensor : Checkpoint.read(file).tensors().values())
                for (float value : Tensors.floats(tensor)) sum += Math.abs(value);
            return Map.of("sum", new float[] {(float) sum});
        }
    }

    @Override
    public void iterate() throws IOException {
        write();
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.read(file);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
