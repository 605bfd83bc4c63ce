package dev.calotype.experiment;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.image.Images;
import dev.calotype.model.AttributeNet;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads the attributes of rooms from pictures of any size (resized to 32 x 32, antialiased bilinear), and gives the
 * features that generated rooms are compared with real ones in. Its weights are a resource; {@code
 * recipes/rooms-judge.yaml} reproduces them.
 */
public final class RoomsJudge implements FeatureNetwork {
    private static final String RESOURCE = "rooms-judge.safetensors";

    private final AttributeNet network;
    private final int features;
    private final String hash;

    private RoomsJudge(AttributeNet network, int features, String hash) {
        this.network = network;
        this.features = features;
        this.hash = hash;
    }

    /** The judge that comes with the library. */
    public static RoomsJudge builtIn() throws IOException {
        Path file = Files.createTempFile("calotype-judge", ".safetensors");
        try (InputStream in = RoomsJudge.class.getResourceAsStream(RESOURCE)) {
            if (in == null) throw new IOException("this build lacks the resource " + RESOURCE);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return read(file);
        } finally {
            Files.delete(file);
        }
    }

    /** A judge whose weights stand in a file of their own, written by {@link #write}. */
    public static RoomsJudge read(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            SafeTensors weights = SafeTensors.read(file);
            int width = Integer.parseInt(weights.metadata().getOrDefault("width", "0"));
            int features = Integer.parseInt(weights.metadata().getOrDefault("features", "0"));
            return of(new AttributeNet.Config(width, features), weights.tensors());
        }
    }

    /** Writes weights in half the space they take in fp32. */
    public static void write(Path file, AttributeNet.Config config, Map<String, Tensor> weights) throws IOException {
        Map<String, Tensor> halves = new java.util.LinkedHashMap<>();
        weights.forEach(
                (name, weight) -> halves.put(name, weight.to(org.bytedeco.pytorch.global.torch.ScalarType.Half)));
        Map<String, String> metadata =
                Map.of("width", String.valueOf(config.width()), "features", String.valueOf(config.features()));
        SafeTensors.write(file, halves, metadata);
    }

    /** A judge with the given weights. */
    public static RoomsJudge of(AttributeNet.Config config, Map<String, Tensor> weights) {
        AttributeNet network = new AttributeNet(config, logits(), Rng.of(0));
        network.retainReference();
        Weights.load(network, weights);
        Inference.prepare(network, Precision.FP32);
        return new RoomsJudge(network, config.features(), Digest.of(weights).substring(0, 16));
    }

    /** The names of the values of every attribute, in order. */
    public static List<List<String>> values() {
        return Arrays.stream(RoomAttribute.values()).map(RoomAttribute::choices).toList();
    }

    /** The number of outputs of the network. */
    static int logits() {
        return values().stream().mapToInt(List::size).sum();
    }

    @Override
    public String name() {
        return "rooms-judge";
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public int dimensions() {
        return features;
    }

    @Override
    public Tensor features(Tensor pixels) {
        return Scope.inference(() -> network.features(prepare(pixels)));
    }

    /** The most likely value of each attribute of each picture, as indices into {@link #values()}: (N)(attributes). */
    public int[][] attributes(Tensor pixels) {
        return Scope.read(() -> {
            Tensor logits = network.logits(network.features(prepare(pixels)));
            int[][] read = new int[(int) logits.size(0)][values().size()];
            int from = 0;
            for (int a = 0; a < values().size(); a++) {
                int count = values().get(a).size();
                double[] best = Tensors.doubles(AttributeNet.best(logits, from, count));
                for (int i = 0; i < read.length; i++) read[i][a] = (int) best[i];
                from += count;
            }
            return read;
        });
    }

    private static Tensor prepare(Tensor pixels) {
        Tensor x = Images.ofPixels(pixels); // (N, C, H, W)
        if (x.size(1) == 1) x = x.expand(x.size(0), 3, x.size(2), x.size(3));
        boolean fits = x.size(2) == AttributeNet.SIZE && x.size(3) == AttributeNet.SIZE;
        return fits ? x : Kernels.resizeAntialiased(x, AttributeNet.SIZE, AttributeNet.SIZE);
    }

    @Override
    public void close() {
        network.close();
    }
}
