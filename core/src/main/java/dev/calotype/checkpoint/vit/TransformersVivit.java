package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.NativeBytes;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.AtomicFile;
import dev.calotype.model.vit.TransformerClassifier.Identity;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitClassifier;
import dev.calotype.model.vivit.VivitConfig;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitCost;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads and writes a {@link Vivit} of model 1 as the folder of transformers' {@code VivitForVideoClassification}: {@code config.json},
 * {@code model.safetensors} and the {@code preprocessor_config.json} of its {@code VivitImageProcessor}. Names of weights are those of
 * files or those that transformers 5 has in memory.
 */
public final class TransformersVivit {
    private static final TransformersVitNames NAMES = new TransformersVitNames(TransformersVivitConfig.FAMILY);
    private static final String CONFIG = "config.json", PIXELS = "preprocessor_config.json";
    private static final String ENCODER = "encoder.";

    private TransformersVivit() {}

    /**
     * Whether a folder says that it holds one.
     *
     * @throws IOException if its config is no JSON
     */
    public static boolean isOne(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        return Files.isRegularFile(file)
                && TransformersVit.json(file).path("model_type").asText().equals(TransformersVivitConfig.FAMILY);
    }

    /**
     * Reads a network; the caller owns it.
     *
     * @throws IOException if a file cannot be read or is damaged, if the config describes a network that ours cannot be (the message
     *     names the setting), or if the weights are not those of the config
     */
    public static PretrainedVivit read(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonNode json = TransformersVit.json(file);
        try {
            VitWeights read = VitWeights.read(TransformersVit.weights(folder), TransformersVivit::toOurs);
            TransformersVivitConfig config = new TransformersVivitConfig(json);
            int classes = VitWeights.rows(read.weights(), "head.weight");
            Vivit network = network(config.config(), config.ports(classes), read);
            try {
                TransformersVivitPixels pixels =
                        TransformersVivitPixels.read(folder.resolve(PIXELS), config.ports(classes));
                return new PretrainedVivit(network, config.classes(classes), pixels.pixels(), pixels.square());
            } catch (IOException | RuntimeException e) {
                network.close();
                throw e;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw e.getMessage().contains(folder.toString())
                    ? e
                    : new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    /** Memory is taken only for a network that is in the file. */
    private static Vivit network(VivitConfig config, Ports ports, VitWeights read) throws IOException {
        long given =
                read.weights().values().stream().mapToLong(StoredTensor::count).sum();
        long wanted = VivitCost.of(config, ports).network().parameters();
        if (given != wanted)
            throw new IOException(read.file() + " has " + given + " numbers for a network of " + wanted);
        Vivit network = Blank.make(() -> new Vivit(config, ports));
        try {
            Weights.load(network, read.weights(), Precision.FP32);
            return network;
        } catch (IOException | IllegalArgumentException e) {
            network.close();
            throw e.getMessage().contains(read.file().toString())
                    ? new IOException(e.getMessage(), e)
                    : new IOException(read.file() + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, StoredTensor> toOurs(Map<String, StoredTensor> theirs) {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        NAMES.toOurs(theirs).forEach((name, tensor) -> ours.put(toOurs(name), tensor));
        return ours;
    }

    private static String toOurs(String image) {
        if (image.startsWith("head.")) return image;
        return image.startsWith("patch_embed.") ? image.replace("patch_embed.", "tubelet_embed.") : ENCODER + image;
    }

    /**
     * Writes a network into a folder, which is made if need be.
     *
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if transformers has no such network
     */
    public static void write(Path folder, PretrainedVivit model) throws IOException {
        Vivit network = model.network();
        ObjectNode config = TransformersVivitConfig.json(network.config(), network.ports(), model.classes());
        Files.createDirectories(folder);
        NativeBytes.tidy(() -> {
            Map<String, Tensor> images = new LinkedHashMap<>();
            Weights.of(network).forEach((name, tensor) -> images.put(toImages(name), tensor));
            Map<String, Tensor> theirs = new LinkedHashMap<>(NAMES.toTheirs(images));
            SafeTensors.write(folder.resolve("model.safetensors"), theirs, Map.of("format", "pt"));
            return new Tensor[0];
        });
        AtomicFile.write(
                folder.resolve(PIXELS),
                TransformersVit.pretty(TransformersVivitPixels.of(model).json()));
        AtomicFile.write(folder.resolve(CONFIG), TransformersVit.pretty(config));
    }

    private static String toImages(String ours) {
        if (ours.startsWith(ENCODER)) return ours.substring(ENCODER.length());
        return ours.replace("tubelet_embed.", "patch_embed.");
    }

    /**
     * Opens a folder as a classifier; the caller owns it.
     *
     * @param placement where it is to compute, and in what precision
     * @throws IOException as {@link #read}
     */
    public static VivitClassifier open(Path folder, Placement placement) throws IOException {
        PretrainedVivit[] read = new PretrainedVivit[1];
        Scope.Owned<Vivit> network = Scope.own(() -> {
            read[0] = read(folder);
            return read[0].network();
        });
        try (PointerScope scope = new PointerScope()) {
            String hash = Digest.of(Weights.of(network.value()));
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            String name = folder.toAbsolutePath().normalize().getFileName().toString();
            List<String> classes = read[0].classes();
            return new VivitClassifier(
                    network, new Identity(name, hash, "", classes), read[0].pixels(), read[0].square());
        }
    }
}
