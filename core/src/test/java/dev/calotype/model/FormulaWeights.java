package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The weights and pictures of {@code bench/peers/formula.py}: both sides compute them, nobody stores them. */
public final class FormulaWeights {
    private FormulaWeights() {}

    /** Tensors of these names and shapes. */
    public static Map<String, Tensor> of(Map<String, long[]> shapes) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> weights.put(name, weight(name, shape)));
        return weights;
    }

    /**
     * As {@code bench/peers/golden_unets.py} has them: gains of normalisations are near 1.
     *
     * @param shapes by name
     */
    public static Map<String, Tensor> ofUNet(JsonNode shapes) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        shapes.properties().forEach(e -> {
            long[] shape =
                    Arrays.stream(Golden.ints(e.getValue())).asLongStream().toArray();
            Tensor weight = weight(e.getKey(), shape);
            boolean gain = shape.length == 1 && e.getKey().endsWith("weight");
            weights.put(e.getKey(), gain ? weight.add(new Scalar(1.0)) : weight);
        });
        return weights;
    }

    /** The weights of LPIPS. */
    public static final class Lpips {
        private Lpips() {}

        /** The two files that users have; the linear layers are positive, as the fitted ones. */
        public record Parts(Map<String, Tensor> backbone, Map<String, Tensor> linear) {
            public static Parts of(PerceptualNetwork.Architecture architecture) {
                Parts parts = new Parts(new LinkedHashMap<>(), new LinkedHashMap<>());
                PerceptualNetwork.shapes(architecture).forEach((name, shape) -> {
                    if (name.startsWith("lin"))
                        parts.linear.put(name, weight(name, shape).abs());
                    else parts.backbone.put(name, weight(name, shape));
                });
                return parts;
            }
        }
    }

    /** uint8 pixels. */
    public static Tensor pixels(String name, long... shape) {
        byte[] values = new byte[Math.toIntExact(Tensors.count(shape))];
        int seed = seed(name);
        for (int i = 0; i < values.length; i++) values[i] = (byte) (hash(seed, i) >>> 24);
        return Tensors.of(values, shape);
    }

    /** Values in [-1, 1). */
    public static Tensor unit(String name, long... shape) {
        float[] values = new float[Math.toIntExact(Tensors.count(shape))];
        int seed = seed(name);
        for (int i = 0; i < values.length; i++) values[i] = (float) unit(seed, i);
        return Tensors.of(values, shape);
    }

    /** A kernel or matrix by He's rule, a norm near the identity, a small bias. */
    public static Tensor weight(String name, long... shape) {
        float[] values = new float[Math.toIntExact(Tensors.count(shape))];
        double scale = shape.length > 1
                ? Math.sqrt(6.0 / (values.length / shape[0]))
                : name.endsWith("running_var") ? 0.5 : 0.1;
        double shift = name.endsWith("running_var") || shape.length == 1 && name.endsWith("bn.weight") ? 1 : 0;
        int seed = seed(name);
        for (int i = 0; i < values.length; i++) values[i] = (float) (shift + scale * unit(seed, i));
        return Tensors.of(values, shape);
    }

    private static double unit(int seed, int i) {
        return (hash(seed, i) >>> 8) / (double) (1 << 23) - 1;
    }

    /** Holds {@code x} against what {@code formula.py}'s {@code summary} wrote of it. */
    public static void check(Tensor x, JsonNode golden, double tolerance) {
        double[] flat = Tensors.doubles(x);
        double mean = Arrays.stream(flat).average().orElseThrow();
        double deviation = Math.sqrt(
                Arrays.stream(flat).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
        double scale = golden.get("deviation").asDouble();
        assertThat(Tensors.shape(x))
                .startsWith(Arrays.stream(Golden.ints(golden.get("shape")))
                        .asLongStream()
                        .limit(x.dim())
                        .toArray());
        assertThat(mean).isCloseTo(golden.get("mean").asDouble(), within(tolerance * scale));
        assertThat(deviation).isCloseTo(scale, within(tolerance * scale));
        double[] wanted = Golden.doubles(golden.get("values"));
        double[] values = new double[wanted.length];
        int step = Math.max(1, flat.length / 16);
        for (int i = 0; i < values.length; i++) values[i] = flat[i * step];
        assertThat(values).containsExactly(wanted, within(tolerance * scale));
    }

    private static int seed(String name) {
        int seed = 0x811C9DC5;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) seed = (seed ^ b & 0xFF) * 0x01000193;
        return seed;
    }

    private static int hash(int seed, int i) {
        int h = (i + 1) * 0x9E3779B1 ^ seed;
        h = (h ^ h >>> 16) * 0x85EBCA6B;
        h = (h ^ h >>> 13) * 0xC2B2AE35;
        return h ^ h >>> 16;
    }
}
