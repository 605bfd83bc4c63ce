package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The tiny pipelines of bench/peers/golden_text_to_image.py as folders. */
public final class MadePipeline {
    static final JsonNode GOLDEN = Golden.json("latent/pipelines.json");
    static final JsonNode GUIDED = Golden.json("latent/guided.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MERGES = Path.of("src/test/resources/text/tiny-merges.txt"),
            UNIGRAM = Path.of("src/test/resources/text/tiny-unigram.json");

    private MadePipeline() {}

    static List<String> names() {
        return Golden.names(GOLDEN).stream()
                .filter(name -> GOLDEN.get(name).has("index"))
                .toList();
    }

    /** Writes a pipeline into a folder. */
    public static void write(String name, Path folder) throws IOException {
        write(GOLDEN.get(name), folder);
    }

    /** Writes the pipeline of bench/peers/golden_stable_diffusion_3.py. */
    static void writeJoint(Path folder, double shift) throws IOException {
        JsonNode made = Golden.json("latent/sd3.json").get("sd3");
        write(made, folder);
        Files.delete(folder.resolve("tokenizer_3/merges.txt"));
        Files.copy(UNIGRAM, folder.resolve("tokenizer_3/tokenizer.json"));
        ObjectNode scheduler = made.get("scheduler").deepCopy();
        json(folder.resolve("scheduler/scheduler_config.json"), scheduler.put("shift", shift));
    }

    static void write(JsonNode made, Path folder) throws IOException {
        json(folder.resolve("model_index.json"), made.get("index"));
        json(folder.resolve("scheduler/scheduler_config.json"), made.get("scheduler"));
        for (var tokenizer : made.get("tokenizers").properties()) {
            json(folder.resolve(tokenizer.getKey()).resolve("tokenizer_config.json"), tokenizer.getValue());
            Files.copy(MERGES, folder.resolve(tokenizer.getKey()).resolve("merges.txt"));
        }
        for (var part : made.get("weights").properties()) {
            Path to = folder.resolve(part.getKey());
            json(to.resolve("config.json"), made.get("configs").get(part.getKey()));
            weights(to, part.getValue(), part.getKey().startsWith("text") ? "model" : "diffusion_pytorch_model");
        }
    }

    private static void weights(Path folder, JsonNode shapes, String stem) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = FormulaWeights.ofUNet(shapes);
            weights.computeIfPresent("conv_out.weight", (key, weight) -> Tensors.scale(0.1, weight));
            SafeTensors.write(folder.resolve(stem + ".safetensors"), weights, Map.of("format", "pt"));
        }
    }

    /** Writes a pipeline of bench/peers/golden_guided.py: another one with another scheduler or denoiser. */
    public static void writeGuided(String name, Path folder) throws IOException {
        JsonNode made = GUIDED.get(name), base = GOLDEN.get(made.get("base").asText());
        write(made.get("base").asText(), folder);
        ObjectNode index = base.get("index").deepCopy();
        json(
                folder.resolve("model_index.json"),
                index.put("_class_name", made.get("class").asText()));
        json(folder.resolve("scheduler/scheduler_config.json"), made.get("scheduler"));
        ObjectNode unet = base.get("configs").get("unet").deepCopy(),
                shapes = base.get("weights").get("unet").deepCopy();
        json(folder.resolve("unet/config.json"), unet.setAll((ObjectNode) made.get("unet")));
        weights(folder.resolve("unet"), shapes.setAll((ObjectNode) made.get("shapes")), "diffusion_pytorch_model");
    }

    static void json(Path file, JsonNode value) throws IOException {
        Files.createDirectories(file.getParent());
        JSON.writeValue(file.toFile(), value);
    }
}
