package dev.calotype.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Stable Diffusion as diffusers lays it into a folder, with tiny networks of random weights, whose shapes the tests of the library keep. */
public final class TinyPipeline {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RESOURCES = Path.of("../core/src/test/resources");

    private TinyPipeline() {}

    /** Writes one into a folder; it draws 32 pixels. */
    public static Path write(Path folder) throws IOException {
        JsonNode made = JSON.readTree(RESOURCES.resolve("latent/pipelines.json").toFile())
                .path("sd1_ddim");
        json(folder.resolve("model_index.json"), made.path("index"));
        json(folder.resolve("scheduler/scheduler_config.json"), made.path("scheduler"));
        for (var tokenizer : made.path("tokenizers").properties()) {
            json(folder.resolve(tokenizer.getKey()).resolve("tokenizer_config.json"), tokenizer.getValue());
            Files.copy(
                    RESOURCES.resolve("text/tiny-merges.txt"),
                    folder.resolve(tokenizer.getKey()).resolve("merges.txt"));
        }
        for (var part : made.path("weights").properties()) {
            Path to = folder.resolve(part.getKey());
            json(to.resolve("config.json"), made.path("configs").path(part.getKey()));
            String stem = part.getKey().startsWith("text") ? "model" : "diffusion_pytorch_model";
            try (PointerScope scope = new PointerScope()) {
                SafeTensors.write(to.resolve(stem + ".safetensors"), weights(part.getValue()), Map.of("format", "pt"));
            }
        }
        return folder;
    }

    /** Random, gains of normalisations near 1. */
    private static Map<String, Tensor> weights(JsonNode shapes) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        shapes.properties().forEach(one -> {
            long[] shape = JSON.convertValue(one.getValue(), long[].class);
            long count = 1;
            for (long side : shape) count *= side;
            double spread = 1 / Math.sqrt(Math.max(1, count / shape[0]));
            Tensor random =
                    Tensors.scale(spread * 0.7, Rng.of(one.getKey().hashCode()).normal(shape));
            boolean gain = shape.length == 1 && one.getKey().endsWith("weight");
            weights.put(one.getKey(), gain ? Tensors.scale(0.1, random).add(new Scalar(1.0)) : random);
        });
        return weights;
    }

    private static void json(Path file, JsonNode value) throws IOException {
        Files.createDirectories(file.getParent());
        JSON.writeValue(file.toFile(), value);
    }
}
