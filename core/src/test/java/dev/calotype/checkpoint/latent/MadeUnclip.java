package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.Golden;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The tiny pipelines of bench/peers/golden_unclip.py as folders. */
public final class MadeUnclip {
    public static final JsonNode GOLDEN = Golden.json("latent/unclip.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MERGES = Path.of("src/test/resources/text/tiny-merges.txt");

    private MadeUnclip() {}

    /** Writes a pipeline into a folder. */
    public static void write(JsonNode files, Path folder) throws IOException {
        write(files, folder, "");
        json(folder.resolve("model_index.json"), files.get("index"));
    }

    /** Writes the parts of a pipeline with something before their names. */
    public static void write(JsonNode files, Path folder, String before) throws IOException {
        for (var scheduler : files.get("schedulers").properties())
            json(folder.resolve(before + scheduler.getKey()).resolve("scheduler_config.json"), scheduler.getValue());
        for (var tokenizer : files.get("tokenizers").properties()) {
            Path to = folder.resolve(before + tokenizer.getKey());
            json(to.resolve("tokenizer_config.json"), tokenizer.getValue());
            Files.copy(MERGES, to.resolve("merges.txt"));
        }
        for (var part : files.get("weights").properties()) {
            Path to = folder.resolve(before + part.getKey());
            json(to.resolve("config.json"), files.get("configs").get(part.getKey()));
            boolean clip = part.getKey().endsWith("_encoder");
            try (PointerScope scope = new PointerScope()) {
                Path file = to.resolve((clip ? "model" : "diffusion_pytorch_model") + ".safetensors");
                SafeTensors.write(file, weights(part.getValue()), Map.of("format", "pt"));
            }
        }
    }

    /** The weights of these shapes. */
    public static Map<String, Tensor> weights(JsonNode shapes) {
        Map<String, Tensor> weights = FormulaWeights.ofUNet(shapes);
        weights.computeIfPresent("conv_out.weight", (key, weight) -> Tensors.scale(0.1, weight));
        weights.computeIfPresent("clip_std", (key, weight) -> weight.add(new Scalar(1.0)));
        return weights;
    }

    /** Writes JSON, and the folders that it lies in. */
    public static void json(Path file, JsonNode value) throws IOException {
        Files.createDirectories(file.getParent());
        JSON.writeValue(file.toFile(), value);
    }
}
