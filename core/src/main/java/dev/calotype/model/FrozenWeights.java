package dev.calotype.model;

import dev.calotype.nn.Layout;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The named fp32 weights of a network that is only ever evaluated, and the layers that use them. They are copies, so the
 * caller may free its own; the network runs on the device they came on.
 */
final class FrozenWeights implements AutoCloseable {
    private static final String PARALLEL_PREFIX = "module."; // what torch.nn.DataParallel puts before every name
    private static final String UNUSED_SUFFIX = ".num_batches_tracked"; // a counter of training, no weight

    private final String owner;
    private final Map<String, Tensor> tensors = new TreeMap<>();
    private final String hash;

    /**
     * Takes exactly the weights of {@code shapes}.
     *
     * @throws IllegalArgumentException naming the first weight that is missing, of another shape, or unknown
     */
    FrozenWeights(String owner, Map<String, Tensor> weights, Map<String, long[]> shapes) {
        this.owner = owner;
        Map<String, Tensor> given = plainNames(weights);
        shapes.forEach((name, shape) -> require(name, given.get(name), shape));
        for (String name : given.keySet())
            if (!shapes.containsKey(name)) throw new IllegalArgumentException(owner + " has no weight " + name);
        for (String name : shapes.keySet())
            tensors.put(
                    name, Scope.keep(() -> given.get(name).to(ScalarType.Float).clone()));
        this.hash = digest();
    }

    /** The weights by the names they have without a wrapper's prefix, less the counters that no forward reads. */
    static Map<String, Tensor> plainNames(Map<String, Tensor> weights) {
        Map<String, Tensor> plain = new TreeMap<>();
        weights.forEach((name, weight) -> {
            if (!name.endsWith(UNUSED_SUFFIX))
                plain.put(name.startsWith(PARALLEL_PREFIX) ? name.substring(PARALLEL_PREFIX.length()) : name, weight);
        });
        return plain;
    }

    private void require(String name, Tensor weight, long[] shape) {
        if (weight == null) throw new IllegalArgumentException(owner + " misses the weight " + name);
        if (!Arrays.equals(Tensors.shape(weight), shape))
            throw new IllegalArgumentException(owner + " wants the weight " + name + " in shape "
                    + Arrays.toString(shape) + ": " + Arrays.toString(Tensors.shape(weight)));
    }

    String hash() {
        return hash;
    }

    /** Convolution with the bias {@code name.bias}: (N, C, H, W) to (N, C', H', W'). */
    Tensor convolve(String name, Tensor x) {
        return torch.conv2d(x, weight(name + ".weight"))
                .add(weight(name + ".bias").reshape(1, -1, 1, 1));
    }

    /** A convolution with a bias where the weights have one: (N, C, H, W) to (N, C', H', W'). */
    Tensor convolve(String name, Tensor x, Window window) {
        Tensor bias = tensors.get(name + ".bias");
        return torch.conv2d(
                x,
                weight(name + ".weight"),
                Tensors.optional(bias == null ? new Tensor() : bias),
                new long[] {window.stride(), window.stride()},
                new long[] {window.padHeight(), window.padWidth()},
                new long[] {1, 1},
                1);
    }

    /**
     * Where a convolution looks.
     *
     * @param stride in both directions
     * @param padHeight zeros above and below
     * @param padWidth zeros left and right
     */
    record Window(int stride, int padHeight, int padWidth) {
        /** No zeros around. */
        static Window valid(int stride) {
            return new Window(stride, 0, 0);
        }

        /** As many zeros as keep the size at stride 1 under a kernel of odd height and width. */
        static Window same(int height, int width) {
            return new Window(1, height / 2, width / 2);
        }
    }

    /** {@link #fold} for every convolution {@code X.conv} with the normalisation {@code X.norm}, into a convolution {@code X}. */
    void foldNorms(String conv, String norm, double epsilon) {
        List<String> layers = tensors.keySet().stream()
                .filter(name -> name.endsWith("." + conv + ".weight"))
                .map(name -> name.substring(0, name.length() - conv.length() - ".weight".length() - 1))
                .toList();
        for (String layer : layers) fold(layer + "." + conv, layer + "." + norm, layer, epsilon);
    }

    /**
     * Merges the batch normalisation {@code norm} after the convolution {@code conv} without bias into a convolution {@code merged}
     * with one, which computes the same up to rounding and saves a pass over the activations.
     */
    void fold(String conv, String norm, String merged, double epsilon) {
        Tensor[] folded = {null, null};
        Scope.read(() -> {
            Tensor variance = weight(norm + ".running_var").to(ScalarType.Double);
            Tensor scale = weight(norm + ".weight")
                    .to(ScalarType.Double)
                    .div(variance.add(new Scalar(epsilon)).sqrt()); // (C')
            Tensor shift =
                    weight(norm + ".bias").sub(weight(norm + ".running_mean").mul(scale)); // (C')
            Tensor kernel = weight(conv + ".weight").mul(scale.reshape(-1, 1, 1, 1));
            folded[0] = Scope.keep(() -> kernel.to(ScalarType.Float));
            folded[1] = Scope.keep(() -> shift.to(ScalarType.Float));
            return null;
        });
        for (String part : List.of(".weight", ".bias", ".running_mean", ".running_var"))
            tensors.remove(norm + part).close();
        tensors.remove(conv + ".weight").close();
        tensors.put(merged + ".weight", folded[0]);
        tensors.put(merged + ".bias", folded[1]);
    }

    /** Puts kernels into the order in memory that the network's maps have. */
    void lay(Layout layout) {
        tensors.replaceAll((name, weight) -> {
            Tensor laid = Scope.keep(() -> layout.apply(weight));
            weight.close();
            return laid;
        });
    }

    /** A fully connected layer: (N, D) to (N, D'). */
    Tensor connect(String name, Tensor x) {
        return project(name, x).add(weight(name + ".bias"));
    }

    /** A fully connected layer without its bias: (N, D) to (N, D'). */
    Tensor project(String name, Tensor x) {
        return x.matmul(weight(name + ".weight").t());
    }

    /** Brings a batch to where the weights are. */
    Tensor onDevice(Tensor x) {
        if (tensors.isEmpty()) throw new IllegalStateException(owner + " is closed");
        return Device.of(tensors.values().iterator().next()).move(x);
    }

    private Tensor weight(String name) {
        return tensors.get(name);
    }

    /** Names, shapes and little-endian fp32 values in the order of the names: the same whatever file they came in. */
    private String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            tensors.forEach((name, weight) -> {
                float[] values = Tensors.floats(weight);
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                sha.update((name + Arrays.toString(Tensors.shape(weight))).getBytes(StandardCharsets.UTF_8));
                sha.update(bytes);
            });
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(Tensor::close);
        tensors.clear();
    }

    /** The maximum of 3 x 3 at every second pixel. */
    static Tensor halve(Tensor x) {
        return torch.max_pool2d(x, three(), two(), none(), one(), false); // (N, C, (H - 1) / 2, (W - 1) / 2)
    }

    /** The maximum of 3 x 3 around each pixel. */
    static Tensor maximumOfThree(Tensor x) {
        return torch.max_pool2d(x, three(), one(), one(), one(), false); // (N, C, H, W)
    }

    /** The mean over the pixels of 3 x 3 that lie inside the picture. */
    static Tensor meanOfThree(Tensor x) {
        return torch.avg_pool2d(x, three(), one(), one(), false, false, new LongOptional()); // (N, C, H, W)
    }

    private static long[] none() {
        return new long[] {0, 0};
    }

    private static long[] one() {
        return new long[] {1, 1};
    }

    private static long[] two() {
        return new long[] {2, 2};
    }

    private static long[] three() {
        return new long[] {3, 3};
    }
}
