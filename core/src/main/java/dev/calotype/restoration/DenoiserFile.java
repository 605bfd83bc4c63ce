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
 * library is a resource; {@code recipes/denoiser.yaml} and {@code recipes/denoiser-holes.yaml} reproduce it.
 */
public final class DenoiserFile {
    private static final String RESOURCE = "denoiser.safetensors";
    private static final String WIDTHS = "widths", BLOCKS = "blocks", HOLES = "holes";

    /**
     * A denoiser that was opened.
     *
     * @param network owned
     * @param fillsHoles whether it learned to
     */
    record Opened(Scope.Owned<DenoisingUNet> network, boolean fillsHoles) implements AutoCloseable {
        @Override
        public void close() {
            network.close();
        }
    }

    private DenoiserFile() {}

    /** Whether this build has a denoiser. */
    static boolean isBuiltIn() {
        return DenoiserFile.class.getResource(RESOURCE) != null;
    }

    /** The denoiser that comes with the library. */
    static Opened builtIn(Placement placement) throws IOException {
        return ResourceFile.read(DenoiserFile.class, RESOURCE, file -> read(file, placement));
    }

    /** That of a run or a checkpoint of the kind {@code denoiser}, or of a file that {@link #write} wrote. */
    static Opened open(Path path, Placement placement) throws IOException {
        if (Files.isRegularFile(path) && !TrainedFile.isCheckpoint(path)) return read(path, placement);
        RemovesNoise model = TrainedFile.open(path, RemovesNoise.CAPABILITY, placement);
        return new Opened(model.network(), model.fillsHoles());
    }

    /**
     * A denoiser that {@link #write} wrote.
     *
     * @throws IOException if the file cannot be read, or is of something else
     */
    static Opened read(Path file, Placement placement) throws IOException {
        DenoisingUNet.Config config;
        boolean fillsHoles;
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> described = open.header().metadata();
            config = new DenoisingUNet.Config(numbers(file, described, WIDTHS), numbers(file, described, BLOCKS));
            fillsHoles = described.containsKey(HOLES);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not the file of a denoiser: " + e.getMessage(), e);
        }
        try (PointerScope scope = new PointerScope()) {
            Scope.Owned<DenoisingUNet> network =
                    Weights.loaded(() -> new DenoisingUNet(config), WeightFile.stored(file), placement.precision());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            return new Opened(network, fillsHoles);
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

    /** Writes the network of a model to a file of its own. */
    public static void write(RemovesNoise model, Path file) throws IOException {
        DenoisingUNet network = model.network().value();
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> halves = new LinkedHashMap<>();
            Weights.of(network)
                    .forEach((name, weight) -> halves.put(
                            name,
                            weight.detach().to(ScalarType.Float).contiguous().to(ScalarType.Half)));
            Map<String, String> described = new LinkedHashMap<>();
            described.put(WIDTHS, text(network.config().widths()));
            described.put(BLOCKS, text(network.config().blocks()));
            if (model.fillsHoles()) described.put(HOLES, "learned");
            SafeTensors.write(file, halves, described);
        }
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
