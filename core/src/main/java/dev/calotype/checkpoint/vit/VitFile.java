package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.NativeBytes;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VitClassifier;
import dev.calotype.nn.Inference;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A vision transformer as one file that says itself what it is: weights by timm's names, and in the metadata its shape, its classes and
 * how it wants pictures. A folder of transformers is opened too.
 */
public final class VitFile {
    private static final String SHAPE = "vit", PORTS = "ports", CLASSES = "classes", PIXELS = "pixels";
    private static final String NAME = "name", DATA = "data";

    private VitFile() {}

    /**
     * Writes a network.
     *
     * @param name what it is to be called
     * @param data what it learned from; may be empty
     */
    public static void write(Path file, PretrainedVit model, String name, String data) throws IOException {
        Map<String, String> texts = Map.of(
                SHAPE, Checkpoint.JSON.writeValueAsString(model.network().config()),
                PORTS, Checkpoint.JSON.writeValueAsString(model.network().ports()),
                CLASSES, Checkpoint.JSON.writeValueAsString(model.classes()),
                PIXELS, Checkpoint.JSON.writeValueAsString(model.pixels()),
                NAME, name,
                DATA, data);
        NativeBytes.tidy(() -> {
            SafeTensors.write(file, Weights.of(model.network()), texts);
            return new Tensor[0];
        });
    }

    /**
     * Opens a file of {@link #write}, or a folder of {@link TransformersVit}; the caller owns it.
     *
     * @param placement where it is to compute, and in what precision
     * @throws IOException if it is neither, or damaged
     */
    public static VitClassifier open(Path path, Placement placement) throws IOException {
        PretrainedVit[] read = new PretrainedVit[1];
        String[] texts = {path.toAbsolutePath().normalize().getFileName().toString(), ""};
        Scope.Owned<VisionTransformer> network = Scope.own(() -> {
            read[0] = Files.isDirectory(path) ? TransformersVit.read(path) : read(path, texts);
            return read[0].network();
        });
        try (PointerScope scope = new PointerScope()) {
            String hash = Digest.of(Weights.of(network.value()));
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            var identity = new VitClassifier.Identity(texts[0], hash, texts[1], read[0].classes());
            return new VitClassifier(network, identity, read[0].pixels());
        }
    }

    /**
     * Whether a file says that it holds a vision transformer.
     *
     * @throws IOException if it is no safetensors file
     */
    public static boolean isOne(Path file) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            return open.header().metadata().containsKey(SHAPE);
        }
    }

    static PretrainedVit read(Path file, String... texts) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> metadata = open.header().metadata();
            if (!metadata.keySet().containsAll(List.of(SHAPE, PORTS, CLASSES, PIXELS)))
                throw new IOException(
                        file + " does not say what network it holds: name a folder of transformers, or a file"
                                + " of judge export");
            VisionTransformerConfig config =
                    Checkpoint.JSON.readValue(metadata.get(SHAPE), VisionTransformerConfig.class);
            Ports ports = Checkpoint.JSON.readValue(metadata.get(PORTS), Ports.class);
            List<String> classes =
                    Checkpoint.JSON.readValue(metadata.get(CLASSES), new TypeReference<List<String>>() {});
            Standardization pixels = Checkpoint.JSON.readValue(metadata.get(PIXELS), Standardization.class);
            texts[0] = metadata.getOrDefault(NAME, texts[0]);
            texts[1] = metadata.getOrDefault(DATA, "");
            VitWeights weights = VitWeights.read(file, theirs -> theirs);
            VisionTransformer network = weights.network(config, ports, config.grid(ports.size()), Cubic.TIMM);
            return new PretrainedVit(network, classes, pixels);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException(file + " does not say rightly what network it holds: " + e.getMessage(), e);
        }
    }
}
