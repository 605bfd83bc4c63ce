package dev.calotype.model;

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
import java.util.Map;
import java.util.TreeMap;
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
    private static final double NORM_EPSILON = 1e-5;

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

    /** A 3 x 3 convolution without bias that keeps the size, or halves it at stride 2. */
    Tensor convolve3(String name, Tensor x, int stride) {
        long[] one = {1, 1};
        return torch.conv2d(
                x, weight(name + ".weight"), Tensors.optional(new Tensor()), new long[] {stride, stride}, one, one, 1);
    }

    /** Batch normalisation with the stored statistics. */
    Tensor normalize(String name, Tensor x) {
        return torch.batch_norm(
                x,
                Tensors.optional(weight(name + ".weight")),
                Tensors.optional(weight(name + ".bias")),
                Tensors.optional(weight(name + ".running_mean")),
                Tensors.optional(weight(name + ".running_var")),
                false,
                0,
                NORM_EPSILON,
                false);
    }

    /** A fully connected layer: (N, D) to (N, D'). */
    Tensor connect(String name, Tensor x) {
        return x.matmul(weight(name + ".weight").t()).add(weight(name + ".bias"));
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
}
