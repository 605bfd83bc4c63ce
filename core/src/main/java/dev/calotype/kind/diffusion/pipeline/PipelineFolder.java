package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder of a text-to-image pipeline of diffusers, of which no weights have been read.
 *
 * @param type the class of the pipeline
 * @param parts the class of every part that the pipeline names, by the name of its folder
 * @param zeros whether an absent negative text is zeros rather than the encoding of nothing
 */
record PipelineFolder(Path path, String type, Map<String, String> parts, boolean zeros) implements PipelineFiles {
    private static final String INDEX = "model_index.json";
    private static final long MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What can be asked of a part, and nothing else may stand there. */
    private static final Map<String, List<String>> CLASSES = Map.of(
            "unet", List.of("UNet2DConditionModel"),
            "vae", List.of("AutoencoderKL", "AutoencoderTiny"),
            "text_encoder", List.of("CLIPTextModel", "CLIPTextModelWithProjection"),
            "text_encoder_2", List.of("CLIPTextModelWithProjection"),
            "transformer", List.of("SD3Transformer2DModel"),
            "text_encoder_3", List.of("T5EncoderModel"));

    private static final List<String> TYPES = List.of(
            "StableDiffusionPipeline",
            "StableDiffusionImg2ImgPipeline",
            "StableDiffusionInpaintPipeline",
            "StableDiffusionXLPipeline",
            "StableDiffusionXLImg2ImgPipeline",
            "StableDiffusionXLInpaintPipeline",
            "LatentConsistencyModelPipeline",
            "LatentConsistencyModelImg2ImgPipeline",
            "StableDiffusion3Pipeline",
            "StableDiffusion3Img2ImgPipeline");

    public PipelineFolder {
        parts = Map.copyOf(parts);
    }

    /** Whether there is an index of a pipeline, of whatever class. */
    public static boolean is(Path path) {
        return Files.isRegularFile(path.resolve(INDEX));
    }

    /** Whether there is an index of a pipeline with a tokenizer or a text encoder. */
    static boolean readsTexts(Path path) throws IOException {
        if (!is(path)) return false;
        JsonNode index = JsonFile.object(JSON, path.resolve(INDEX), MAX_BYTES);
        return index.has("tokenizer") || index.has("text_encoder") || index.has("text_encoder_2");
    }

    /**
     * Reads the index.
     *
     * @throws IOException if there is none, or it is that of a pipeline that is not supported; the message names its class
     */
    public static PipelineFolder open(Path path) throws IOException {
        JsonNode index = JsonFile.object(JSON, path.resolve(INDEX), MAX_BYTES);
        String type = index.path("_class_name").asText("nothing");
        if (!TYPES.contains(type))
            throw new IOException(path + " is a pipeline of the class " + Quoted.name(type)
                    + ", which is not supported: " + String.join(", ", TYPES) + " are");
        Map<String, String> parts = new LinkedHashMap<>();
        index.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isArray() && value.size() == 2 && value.path(1).isTextual())
                parts.put(entry.getKey(), value.path(1).asText());
        });
        for (Map.Entry<String, List<String>> known : CLASSES.entrySet()) {
            String given = parts.get(known.getKey());
            if (given != null && !known.getValue().contains(given))
                throw new IOException(path + ": " + known.getKey() + " must be " + String.join(" or ", known.getValue())
                        + ": " + Quoted.name(given));
        }
        return new PipelineFolder(
                path, type, parts, index.path("force_zeros_for_empty_prompt").asBoolean(true));
    }

    @Override
    public List<String> missing() throws IOException {
        List<String> missing = new ArrayList<>();
        List<String> needed = new ArrayList<>(List.of(denoiser(), "vae"));
        boolean refiner = xl() && !parts.containsKey("text_encoder") && parts.containsKey("text_encoder_2");
        if (!refiner) needed.addAll(List.of("text_encoder", "tokenizer"));
        if (xl() || joint()) needed.addAll(List.of("text_encoder_2", "tokenizer_2"));
        boolean third = joint() && parts.containsKey("text_encoder_3");
        if (third) needed.addAll(List.of("text_encoder_3", "tokenizer_3"));
        for (String part : needed) {
            Path folder = path.resolve(part);
            boolean words = part.startsWith("tokenizer");
            if (!Files.isDirectory(folder))
                missing.add(part + "/"
                        + (part.equals("text_encoder_3")
                                ? " (T5; without it " + INDEX + " must have [null, null] for it and for tokenizer_3)"
                                : ""));
            else if (part.equals("tokenizer_3") && !has(folder, "tokenizer\\.json"))
                missing.add(part + "/tokenizer.json, which AutoTokenizer of transformers writes out of spiece.model");
            else if (words && !has(folder, "(merges\\.txt|tokenizer\\.json)"))
                missing.add(part + "/merges.txt or tokenizer.json");
            else if (!words) {
                boolean config = Files.isRegularFile(folder.resolve("config.json")) || part.equals("vae");
                if (!config) missing.add(part + "/config.json");
                if (!has(folder, ".*\\.(safetensors|bin|pth|pt)")) missing.add("the weights of " + part + "/");
            }
        }
        if (!Files.isRegularFile(scheduler())) missing.add("scheduler/scheduler_config.json");
        return missing;
    }

    private static boolean has(Path folder, String pattern) throws IOException {
        try (var files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().matches(pattern));
        }
    }

    @Override
    public boolean has(String part) {
        return parts.containsKey(part) && Files.isDirectory(path.resolve(part));
    }

    @Override
    public StoredNetwork network(String part) throws IOException {
        return StoredNetwork.in(path.resolve(part));
    }

    @Override
    public Scope.Owned<? extends Autoencoder> autoencoder(Precision precision) throws IOException {
        return DiffusersAutoencoder.read(path.resolve("vae"), precision);
    }

    @Override
    public Words words(String part) throws IOException {
        return Words.in(path.resolve(part));
    }

    @Override
    public Path thirdTokenizer() {
        return path.resolve("tokenizer_3");
    }

    private Path scheduler() {
        return path.resolve("scheduler").resolve("scheduler_config.json");
    }

    @Override
    public JsonNode schedulerConfig() throws IOException {
        return JsonFile.object(JSON, scheduler(), MAX_BYTES);
    }

    @Override
    public JsonNode config(String part) throws IOException {
        Path config = path.resolve(part).resolve("config.json");
        return Files.isRegularFile(config) ? JsonFile.object(JSON, config, MAX_BYTES) : JSON.createObjectNode();
    }
}
