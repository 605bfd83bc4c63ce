package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.NativeBytes;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.JsonFile;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads and writes a {@link VisionTransformer} as the folder of transformers' {@code ViTForImageClassification}: {@code config.json},
 * {@code model.safetensors} and {@code preprocessor_config.json}. DeiT, with or without its teacher, DINOv2 and DINOv2 with registers
 * are read and written too, and each without a classifier.
 *
 * <p>Written are the names that files have always had; read are also those that transformers 5 holds in memory.
 */
public final class TransformersVit {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String OLD_WEIGHTS = "pytorch_model.bin";
    private static final String INDEX = ".index.json"; // of weights in several files
    private static final String PIXELS = "preprocessor_config.json";
    private static final long MAX_CONFIG_BYTES = 16 << 20; // thousands of classes by name

    private TransformersVit() {}

    /** Reads a network at the size of pictures that its config names; the caller owns it. */
    public static PretrainedVit read(Path folder) throws IOException {
        return read(folder, 0);
    }

    /**
     * Reads a network for pictures of another size: the table of positions is resized, as transformers does with
     * {@code interpolate_pos_encoding}.
     *
     * @param size pixels per side; 0 for that of the config
     * @throws IOException if a file cannot be read or is damaged, if the config describes a network that ours cannot be (the message
     *     names the setting), or if the weights are not those of the config
     */
    public static PretrainedVit read(Path folder, int size) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonNode json = json(file);
        try {
            TransformersVitConfig config = new TransformersVitConfig(json);
            TransformersVitNames names = new TransformersVitNames(config.family());
            VitWeights weights = VitWeights.read(weights(folder), names::toOurs);
            VisionTransformerConfig shape = config.config(weights.weights().keySet());
            int classes = VitWeights.rows(weights.weights(), "head.weight");
            Ports ports = new Ports(size == 0 ? config.size() : size, config.channels(), classes);
            List<String> called = config.classes(classes);
            Standardization pixels = pixels(folder, config);
            int grid = shape.grid(config.size());
            return new PretrainedVit(weights.network(shape, ports, grid, config.cubic()), called, pixels);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw e.getMessage().contains(folder.toString())
                    ? e
                    : new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    static Path weights(Path folder) throws IOException {
        for (String name : List.of(WEIGHTS, OLD_WEIGHTS, WEIGHTS + INDEX, OLD_WEIGHTS + INDEX))
            if (Files.isRegularFile(folder.resolve(name))) return folder.resolve(name);
        throw new IOException(folder + " has no weights: neither " + WEIGHTS + " nor " + OLD_WEIGHTS);
    }

    private static Standardization pixels(Path folder, TransformersVitConfig config) throws IOException {
        Path file = folder.resolve(PIXELS);
        int channels = config.channels();
        boolean signed = config.family().equals(TransformersVitConfig.VIT) || channels != 3;
        Standardization usual = signed ? Standardization.signed(channels) : Standardization.IMAGENET;
        if (!Files.exists(file)) return usual;
        JsonNode json = json(file);
        if (!json.path("do_normalize").asBoolean(true)) return Standardization.unit(channels);
        if (!json.path("image_mean").isArray() || !json.path("image_std").isArray()) return usual;
        try {
            return new Standardization(numbers(json.get("image_mean")), numbers(json.get("image_std")));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asDouble(Double.NaN)));
        return numbers;
    }

    /**
     * Writes a network into a folder, which is made if need be.
     *
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if transformers has no such network
     */
    public static void write(Path folder, PretrainedVit model) throws IOException {
        VisionTransformer network = model.network();
        ObjectNode config = TransformersVitConfig.json(network.config(), network.ports(), model.classes());
        String family =
                TransformersVitConfig.family(network.config(), network.ports().classes());
        Files.createDirectories(folder);
        NativeBytes.tidy(() -> {
            Map<String, Tensor> theirs =
                    new LinkedHashMap<>(new TransformersVitNames(family).toTheirs(VitWeights.withTable(network)));
            SafeTensors.write(folder.resolve(WEIGHTS), theirs, Map.of("format", "pt"));
            return new Tensor[0];
        });
        AtomicFile.write(folder.resolve(PIXELS), pretty(preprocessor(model, family)));
        AtomicFile.write(folder.resolve(CONFIG), pretty(config));
    }

    private static ObjectNode preprocessor(PretrainedVit model, String family) {
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("image_processor_type", family.startsWith("dino") ? "BitImageProcessor" : "ViTImageProcessor");
        json.put("do_normalize", true);
        json.put("do_rescale", true);
        json.put("do_resize", true);
        json.put("rescale_factor", 1 / 255.0);
        ArrayNode mean = json.putArray("image_mean"), deviation = json.putArray("image_std");
        model.pixels().mean().forEach(mean::add);
        model.pixels().deviation().forEach(deviation::add);
        json.put("resample", 2);
        int size = model.network().ports().size();
        json.putObject("size").put("height", size).put("width", size);
        return json;
    }

    static byte[] pretty(ObjectNode json) throws IOException {
        return Checkpoint.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    static JsonNode json(Path file) throws IOException {
        return JsonFile.read(Checkpoint.JSON, file, MAX_CONFIG_BYTES);
    }
}
