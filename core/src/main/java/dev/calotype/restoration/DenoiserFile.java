package dev.calotype.restoration;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.offer.RemovesNoise;
import dev.calotype.io.ResourceFile;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The file of a denoiser by itself: its weights in half the space of fp32, and its architecture. The one that comes with the
 * library is a resource; {@code recipes/denoiser.yaml} reproduces it.
 */
public final class DenoiserFile {
    private static final String RESOURCE = "denoiser.safetensors";
    private static final String WIDTHS = "widths", BLOCKS = "blocks";

    private DenoiserFile() {}

    /** Whether this build has a denoiser. */
    static boolean isBuiltIn() {
        return DenoiserFile.class.getResource(RESOURCE) != null;
    }

    /** The denoiser that comes with the library. */
    static Scope.Owned<DenoisingUNet> builtIn(Placement placement) throws IOException {
        return ResourceFile.read(DenoiserFile.class, RESOURCE, file -> read(file, placement));
    }

    /** That of a run or a checkpoint of the kind {@code denoiser}, or of a file that {@link #write} wrote. */
    static Scope.Owned<DenoisingUNet> open(Path path, Placement placement) throws IOException {
        if (Files.isRegularFile(path) && !TrainedFile.isCheckpoint(path)) return read(path, placement);
        return TrainedFile.open(path, RemovesNoise.CAPABILITY, placement).network();
    }

    /**
     * A denoiser that {@link #write} wrote.
     *
     * @throws IOException if the file cannot be read, or is of something else
     */
    static Scope.Owned<DenoisingUNet> read(Path file, Placement placement) throws IOException {
        DenoisingUNet.Config config;
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> described = open.header().metadata();
            config = new DenoisingUNet.Config(numbers(file, described, WIDTHS), numbers(file, described, BLOCKS));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not the file of a denoiser: " + e.getMessage(), e);
        }
        try (PointerScope scope = new PointerScope()) {
            Scope.Owned<DenoisingUNet> network =
                    Weights.loaded(() -> new DenoisingUNet(config), WeightFile.stored(file), placement.precision());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            return network;
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not the file of a denoiser: " + e.getMessage(), e);
        }
    }

    private static List<Integer> numbers(Path file, Map<String, String> described, String name) throws IOException {
        String text = described.getOrDefault(name, "");
        if (!text.matches("\\d{1,4}(,\\d{1,4}){0,9}"))
            throw new IOException(file + " is not the file of a denoiser: it does not say its " + name);
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    /** Writes a network to a file of its own. */
    public static void write(DenoisingUNet network, Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> halves = new LinkedHashMap<>();
            Weights.of(network)
                    .forEach((name, weight) -> halves.put(
                            name,
                            weight.detach().to(ScalarType.Float).contiguous().to(ScalarType.Half)));
            SafeTensors.write(
                    file,
                    halves,
                    Map.of(
                            WIDTHS,
                            text(network.config().widths()),
                            BLOCKS,
                            text(network.config().blocks())));
        }
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
