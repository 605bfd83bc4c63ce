package dev.calotype.judge;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.AttributeNet;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Device;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads the attributes of rooms from pictures of any size (resized to 32 x 32, antialiased bilinear), and gives the
 * features that generated rooms are compared with real ones in, each divided by its standard deviation over
 * rooms, so that all count alike. Its weights are a resource; {@code
 * recipes/rooms-judge.yaml} reproduces them.
 */
public final class RoomsJudge implements FeatureNetwork {
    private static final Preparation PREPARATION = new Preparation(AttributeNet.SIZE, 3, Preparation.Flip.NONE);
    private static final String DEVIATION = "feature_deviation";
    private static final int MEASURED = 5000; // rooms behind the deviation
    private static final String RESOURCE = "rooms-judge.safetensors";

    private final Scope.Owned<AttributeNet> memory;
    private final AttributeNet network;
    private final double[] deviation;
    private final String hash;

    private RoomsJudge(Scope.Owned<AttributeNet> network, double[] deviation, String hash) {
        memory = network;
        this.network = network.value();
        this.deviation = deviation;
        this.hash = hash;
    }

    /** The judge that comes with the library, on {@code device}. */
    public static RoomsJudge builtIn(Device device) throws IOException {
        Path file = Files.createTempFile("calotype-judge", ".safetensors");
        try (InputStream in = RoomsJudge.class.getResourceAsStream(RESOURCE)) {
            if (in == null) throw new IOException("this build lacks the resource " + RESOURCE);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return read(file, device);
        } finally {
            Files.delete(file);
        }
    }

    /** A judge on {@code device} whose weights stand in a file of their own, written by {@link #export}. */
    public static RoomsJudge read(Path file, Device device) throws IOException {
        Map<String, String> described;
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            described = open.header().metadata();
        }
        AttributeNet.Config config = new AttributeNet.Config(number(described, "width"), number(described, "features"));
        Scope.Owned<AttributeNet> network = Scope.own(() -> new AttributeNet(config, logits(), Rng.of(0)));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights =
                    new LinkedHashMap<>(SafeTensors.read(file).tensors());
            String hash = Digest.of(weights).substring(0, 16);
            Tensor deviation = weights.remove(DEVIATION);
            if (deviation == null || deviation.numel() != config.features())
                throw new IOException(file + " is not the file of a judge: it lacks " + DEVIATION);
            Weights.load(network.value(), weights);
            Inference.prepare(device.move(network.value()), Precision.FP32);
            return new RoomsJudge(network, Tensors.doubles(deviation), hash);
        }
    }

    private static int number(Map<String, String> described, String name) throws IOException {
        String text = described.getOrDefault(name, "");
        if (!text.matches("\\d{1,6}"))
            throw new IOException("this is not the file of a judge: it does not say its " + name);
        return Integer.parseInt(text);
    }

    /** Writes weights in half the space they take in fp32, and the deviation that features are divided by. */
    private static void write(Path file, AttributeNet.Config config, Map<String, Tensor> weights, double[] deviation)
            throws IOException {
        Map<String, Tensor> halves = new LinkedHashMap<>();
        halves.put(DEVIATION, Tensors.of(deviation));
        weights.forEach(
                (name, weight) -> halves.put(name, weight.to(org.bytedeco.pytorch.global.torch.ScalarType.Half)));
        Map<String, String> metadata =
                Map.of("width", String.valueOf(config.width()), "features", String.valueOf(config.features()));
        SafeTensors.write(file, halves, metadata);
    }

    /** The names of the values of every attribute, in order. */
    public static List<List<String>> values() {
        return Arrays.stream(RoomAttribute.values()).map(RoomAttribute::choices).toList();
    }

    /** The number of outputs of the network. */
    public static int logits() {
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
        return deviation.length;
    }

    @Override
    public String madeFor() {
        return "rooms";
    }

    @Override
    public String input() {
        return "32 x 32, antialiased bilinear, [-1, 1]";
    }

    @Override
    public Tensor features(Tensor pixels) {
        return Scope.inference(
                () -> network.features(prepare(pixels)).cpu().div(Tensors.of(deviation))); // (N, features)
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

    /** The share of {@code count} rooms of the test split in which each attribute is read rightly. */
    public Map<String, Double> accuracy(int count, Progress progress) {
        Rooms rooms = Rooms.test(AttributeNet.SIZE);
        long[] right = new long[RoomAttribute.values().length];
        int seen = 0;
        try (Batches batches = new Batches(rooms, PREPARATION, Batches.Plan.of(100, 0))) {
            while (seen < count) {
                Batch batch = batches.next().first(Math.min(100, count - seen));
                int[][] read = Scope.read(() -> attributes(Images.toPixels(batch.images())));
                for (int i = 0; i < read.length; i++)
                    for (RoomAttribute a : RoomAttribute.values())
                        if (read[i][a.ordinal()]
                                == a.index(batch.attributes().get(i).get(a.key()))) right[a.ordinal()]++;
                seen += read.length;
                progress.at("reading rooms", seen, count);
            }
        }
        Map<String, Double> accuracy = new LinkedHashMap<>();
        for (RoomAttribute a : RoomAttribute.values()) accuracy.put(a.key(), (double) right[a.ordinal()] / seen);
        return accuracy;
    }

    /** Writes weights to a file of their own, with the deviation of every feature over rooms. */
    public static void export(AttributeNet.Config config, Map<String, Tensor> weights, Path file) throws IOException {
        double[] ones = new double[config.features()];
        Arrays.fill(ones, 1);
        write(file, config, weights, ones);
        write(file, config, weights, deviation(file));
    }

    /** The standard deviation of each feature of an unscaled judge over rooms. */
    private static double[] deviation(Path file) throws IOException {
        try (RoomsJudge judge = read(file, Device.CPU)) {
            FeatureStatistics statistics = new FeatureStatistics(judge.dimensions());
            PixelBatches.real(Rooms.train(AttributeNet.SIZE), PREPARATION, MEASURED, 100, Progress.SILENT)
                    .forEach(pixels -> statistics.add(judge.features(pixels)));
            double[] deviation = new double[judge.dimensions()];
            double[] covariance = statistics.covariance();
            for (int i = 0; i < deviation.length; i++) deviation[i] = Math.sqrt(covariance[i * deviation.length + i]);
            return deviation;
        }
    }

    private Tensor prepare(Tensor pixels) {
        Tensor x = Images.ofPixels(Device.of(network).move(pixels)); // (N, C, H, W)
        if (x.size(1) == 1) x = x.expand(x.size(0), 3, x.size(2), x.size(3));
        boolean fits = x.size(2) == AttributeNet.SIZE && x.size(3) == AttributeNet.SIZE;
        return fits ? x : Kernels.resizeAntialiased(x, AttributeNet.SIZE, AttributeNet.SIZE);
    }

    @Override
    public void close() {
        memory.close();
    }
}
