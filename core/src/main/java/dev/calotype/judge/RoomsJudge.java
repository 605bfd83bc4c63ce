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
import dev.calotype.io.FileId;
import dev.calotype.io.Progress;
import dev.calotype.io.ResourceFile;
import dev.calotype.metric.CategoryHistogram;
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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Reads the attributes of rooms from pictures, says how much of a room each is and what is wrong with it, and gives the
 * features that generated rooms are compared with real ones in. Pictures of up to 32 pixels are brought to 32 x 32, larger ones
 * to 64 x 64 (antialiased bilinear).
 *
 * <p>The features are the numbers that attributes are read from, each divided by its standard deviation over rooms, so that all
 * count alike, along as many of their principal axes as leaves place for each {@link Flaw} and what is left of a room, both
 * times {@value #FLAW_UNIT}: a picture that has nothing of a room lies beyond every room's neighbours. An attribute cannot be told where a picture is less than {@value #LEAST_ROOM} of a room or no
 * value has a probability above {@value #LEAST_SURE}. The weights are a resource; {@code recipes/rooms-judge.yaml} reproduces
 * them.
 */
public final class RoomsJudge implements FeatureNetwork {
    private static final Preparation PREPARATION = new Preparation(AttributeNet.SIZE, 3, Preparation.Flip.NONE);
    private static final String AXES = "feature_axes";
    private static final int MEASURED = 5000; // rooms behind the axes
    private static final int ASKED = Flaw.values().length + 1;
    private static final double FLAW_UNIT = 10;
    private static final double LEAST_ROOM = 0.3;
    private static final double LEAST_SURE = 0.5;
    private static final String FLAWS = "flaws"; // how many the network was trained to see
    private static final String RESOURCE = "rooms-judge.safetensors";

    private final Scope.Owned<AttributeNet> memory;
    private final AttributeNet network;
    private final Tensor axes; // (features - ASKED, features)
    private final String hash;

    private RoomsJudge(Scope.Owned<AttributeNet> network, Tensor axes, String hash) {
        memory = network;
        this.network = network.value();
        this.axes = axes;
        this.hash = hash;
    }

    /** The judge that comes with the library, on {@code device}. */
    public static RoomsJudge builtIn(Device device) throws IOException {
        return ResourceFile.read(RoomsJudge.class, RESOURCE, file -> read(file, device));
    }

    /** A text that another judge in the place of the one that comes with the library would not have; the engine is not needed. */
    static String version() {
        try (InputStream in = RoomsJudge.class.getResourceAsStream(RESOURCE)) {
            return FileId.hash(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A judge on {@code device} whose weights stand in a file of their own, written by {@link #export}. */
    public static RoomsJudge read(Path file, Device device) throws IOException {
        Map<String, String> described;
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            described = open.header().metadata();
        }
        if (number(file, described, FLAWS) != Flaw.values().length)
            throw new IOException(file + " is of a judge that sees other flaws than this one: train it again");
        AttributeNet.Config config =
                new AttributeNet.Config(number(file, described, "width"), number(file, described, "features"));
        Scope.Owned<AttributeNet> network = Scope.own(() -> new AttributeNet(config, outputs(), Rng.of(0)));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights =
                    new LinkedHashMap<>(SafeTensors.read(file).tensors());
            String hash = Digest.of(weights).substring(0, 16);
            Tensor axes = weights.remove(AXES);
            if (axes == null || axes.dim() != 2 || axes.size(1) != config.features())
                throw new IOException(
                        file + " is not the file of a judge of today, it lacks " + AXES + ": train it again");
            Weights.load(network.value(), weights);
            Inference.prepare(device.move(network.value()), Precision.FP32);
            return new RoomsJudge(network, Scope.keep(() -> device.move(axes).clone()), hash);
        }
    }

    private static int number(Path file, Map<String, String> described, String name) throws IOException {
        String text = described.getOrDefault(name, "");
        if (!text.matches("\\d{1,6}"))
            throw new IOException(
                    file + " is not the file of a judge of today, it does not say its " + name + ": train it again");
        return Integer.parseInt(text);
    }

    /** Writes weights in half the space they take in fp32, and the axes that features are measured along. */
    private static void write(Path file, AttributeNet.Config config, Map<String, Tensor> weights, Tensor axes)
            throws IOException {
        Map<String, Tensor> halves = new LinkedHashMap<>();
        halves.put(AXES, axes);
        weights.forEach((name, weight) -> halves.put(name, weight.to(ScalarType.Half)));
        Map<String, String> metadata = Map.of(
                "width",
                String.valueOf(config.width()),
                "features",
                String.valueOf(config.features()),
                FLAWS,
                String.valueOf(Flaw.values().length));
        SafeTensors.write(file, halves, metadata);
    }

    /** The names of the values of every attribute, in order. */
    public static List<List<String>> values() {
        return Arrays.stream(RoomAttribute.values()).map(RoomAttribute::choices).toList();
    }

    /** The number of values of all attributes. */
    public static int logits() {
        return values().stream().mapToInt(List::size).sum();
    }

    /** The number of outputs of the network: one for each value, one for each {@link Flaw}, and how much of a room is left. */
    public static int outputs() {
        return logits() + ASKED;
    }

    /** The network that looks, borrowed, for who compares pictures by what it sees on the way. */
    public AttributeNet network() {
        return network;
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
        return (int) axes.size(0) + ASKED;
    }

    @Override
    public String madeFor() {
        return "rooms";
    }

    @Override
    public String input() {
        return "up to 32 pixels 32 x 32, else 64 x 64, antialiased bilinear, [-1, 1]";
    }

    @Override
    public boolean small() {
        return true;
    }

    @Override
    public Tensor features(Tensor pixels) {
        return look(pixels).features();
    }

    /** What can be seen in uint8 pictures (N, C, H, W). */
    public Readings read(Tensor pixels) {
        return Scope.read(() -> look(pixels).readings());
    }

    /** How much of a room pictures are on average, 0..1, if this is the mean of their {@link #features}. */
    double room(double[] mean) {
        return mean[mean.length - 1] / FLAW_UNIT;
    }

    /**
     * What the judge of rooms sees in pictures.
     *
     * @param attributes the most likely value of each attribute of each picture, as indices into {@link #values()}, or
     *     {@link CategoryHistogram#UNKNOWN} where it cannot be told: (N)(attributes)
     * @param room how much of a room each picture is, 0..1
     * @param flaws how much each picture has of each {@link Flaw}, 0..1: (N)(flaws)
     */
    public record Readings(int[][] attributes, double[] room, double[][] flaws) {
        /** The mean of {@link #room}. */
        public double meanRoom() {
            return Arrays.stream(room).average().orElse(Double.NaN);
        }
    }

    /** The features of pictures, (N, D) on the processor, and what is read from them. */
    record Look(Tensor features, Readings readings) {}

    /** Looks at uint8 pictures (N, C, H, W) once. */
    Look look(Tensor pixels) {
        Readings[] readings = new Readings[1];
        Tensor features = Scope.inference(() -> {
            Tensor own = network.features(prepare(pixels)); // (N, features)
            Tensor outputs = network.outputs(own); // (N, V + F + 1)
            Tensor asked = outputs.narrow(1, logits(), ASKED).sigmoid(); // (N, F + 1)
            readings[0] = readings(outputs, Tensors.doubles(asked));
            Tensor along = own.matmul(axes.t()); // (N, D - F - 1)
            return Tensors.cat(1, along, Tensors.scale(FLAW_UNIT, asked)).cpu(); // (N, D)
        });
        return new Look(features, readings[0]);
    }

    private static Readings readings(Tensor outputs, double[] asked) {
        int count = asked.length / ASKED;
        double[] room = new double[count];
        double[][] flaws = new double[count][];
        for (int i = 0; i < count; i++) {
            flaws[i] = Arrays.copyOfRange(asked, i * ASKED, (i + 1) * ASKED - 1);
            room[i] = asked[(i + 1) * ASKED - 1];
        }
        return new Readings(attributes(outputs, room), room, flaws);
    }

    private static int[][] attributes(Tensor outputs, double[] room) {
        int[][] read = new int[room.length][values().size()];
        int from = 0;
        for (int a = 0; a < values().size(); a++) {
            int choices = values().get(a).size();
            double[] shares =
                    Tensors.doubles(AttributeNet.slice(outputs, from, choices).softmax(1));
            for (int i = 0; i < room.length; i++)
                read[i][a] = room[i] < LEAST_ROOM
                        ? CategoryHistogram.UNKNOWN
                        : sure(Arrays.copyOfRange(shares, i * choices, (i + 1) * choices));
            from += choices;
        }
        return read;
    }

    private static int sure(double[] shares) {
        for (int value = 0; value < shares.length; value++) if (shares[value] > LEAST_SURE) return value;
        return CategoryHistogram.UNKNOWN;
    }

    /** The share of {@code count} rooms of the test split in which each attribute is read rightly. */
    public Map<String, Double> accuracy(int count, Progress progress) {
        Rooms rooms = Rooms.test(AttributeNet.SIZE);
        long[] right = new long[RoomAttribute.values().length];
        int seen = 0;
        try (Batches batches = new Batches(rooms, PREPARATION, Batches.Plan.of(100, 0))) {
            while (seen < count) {
                Batch batch = batches.next().first(Math.min(100, count - seen));
                int[][] read =
                        Scope.read(() -> read(Images.toPixels(batch.images()))).attributes();
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

    /** Writes weights to a file of their own, with the axes that their features have over rooms. */
    public static void export(AttributeNet.Config config, Map<String, Tensor> weights, Path file) throws IOException {
        write(file, config, weights, torch.eye(config.features()));
        write(file, config, weights, axes(file, config.features()));
    }

    /**
     * The principal axes of the features of a judge that measures along none, each feature divided by its standard
     * deviation over rooms: (features - ASKED, features).
     */
    private static Tensor axes(Path file, int features) throws IOException {
        try (RoomsJudge judge = read(file, Device.CPU)) {
            int all = judge.dimensions();
            FeatureStatistics statistics = new FeatureStatistics(all);
            PixelBatches.real(Rooms.train(AttributeNet.SIZE), PREPARATION, MEASURED, 100, Progress.SILENT)
                    .forEach(pixels -> statistics.add(judge.features(pixels)));
            double[] covariance = statistics.covariance();
            double[] inverse = new double[features], correlation = new double[features * features];
            for (int i = 0; i < features; i++) inverse[i] = 1 / Math.sqrt(covariance[i * all + i]);
            for (int i = 0; i < correlation.length; i++) {
                int row = i / features, column = i % features;
                correlation[i] = covariance[row * all + column] * inverse[row] * inverse[column];
            }
            Tensor vectors = torch.linalg_eigh(Tensors.ofDoubles(correlation, features, features))
                    .get1(); // columns, the least variance first
            Tensor axes = vectors.narrow(1, ASKED, features - ASKED).t().to(ScalarType.Float);
            return axes.mul(Tensors.of(inverse)).contiguous();
        }
    }

    private Tensor prepare(Tensor pixels) {
        Tensor x = Images.ofPixels(Device.of(network).move(pixels)); // (N, C, H, W)
        if (x.size(1) == 1) x = x.expand(x.size(0), 3, x.size(2), x.size(3));
        int side = Math.max(x.size(2), x.size(3)) <= AttributeNet.SIZE ? AttributeNet.SIZE : AttributeNet.FINE;
        boolean fits = x.size(2) == side && x.size(3) == side;
        return AttributeNet.bands(fits ? x : Kernels.resizeAntialiased(x, side, side));
    }

    @Override
    public void close() {
        memory.close();
        axes.close();
    }
}
