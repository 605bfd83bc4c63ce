package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class FrozenClassifierTest {
    private static final double[] MEAN = {0.485, 0.456, 0.406}, DEVIATION = {0.229, 0.224, 0.225};

    @Test
    void logitsAreTheLastLayerOfTheFeatures() {
        Scope.run(() -> check(LeNet::of, lenet(), 1, 84, "fc.f7"));
        Scope.run(() -> check(ResNetCifar::of, resnet(3), 3, 64, "linear"));
    }

    private static void check(
            Function<Map<String, Tensor>, Classifier> maker,
            Map<String, Tensor> weights,
            int channels,
            int d,
            String last) {
        try (Classifier network = maker.apply(weights)) {
            Tensor pixels = pixels(4, channels, 32);
            Tensor features = network.features(pixels);
            assertThat(Tensors.shape(features)).containsExactly(4, d);
            assertThat(network.dimensions()).isEqualTo(d);
            assertThat(features.requires_grad()).isFalse();
            for (float v : Tensors.floats(features)) assertThat(v).isNotNegative();
            Tensor logits = features.mm(weights.get(last + ".weight").t()).add(weights.get(last + ".bias"));
            assertThat(Tensors.floats(network.logits(pixels))).containsExactly(Tensors.floats(logits), within(1e-4f));
            assertThat(Tensors.floats(network.logits(null, features)))
                    .as("without another look at the pixels")
                    .containsExactly(Tensors.floats(network.logits(pixels)));
            assertThat(network.classes()).hasSize(10);
        }
    }

    /** The network merges them into its convolutions; here they are layers of their own. */
    @Test
    void featuresAreThoseOfNormalisationsAfterTheConvolutions() {
        Scope.run(() -> {
            Map<String, Tensor> weights = resnet(3);
            Tensor pixels = pixels(2, 3, 32);
            Tensor h = Pixels.standardize(pixels.to(ScalarType.Float), MEAN, DEVIATION); // (N, 3, 32, 32)
            h = normalized(weights, "conv1", "bn1", h, 1).relu();
            for (int stage = 1; stage <= 3; stage++)
                for (int i = 0; i < 3; i++) {
                    String block = "layer" + stage + "." + i;
                    int stride = stage > 1 && i == 0 ? 2 : 1;
                    Tensor r = normalized(weights, block + ".conv1", block + ".bn1", h, stride)
                            .relu();
                    r = normalized(weights, block + ".conv2", block + ".bn2", r, 1);
                    if (stride == 2) {
                        Tensor thinned = Kernels.upsampleNearest(h, 64 >> stage, 64 >> stage); // every second pixel
                        Tensor half = torch.zeros_like(thinned.narrow(1, 0, thinned.size(1) / 2));
                        h = Tensors.cat(1, half, thinned, half);
                    }
                    h = r.add(h).relu();
                }
            try (ResNetCifar network = ResNetCifar.of(weights)) {
                float[] wanted = Tensors.floats(h.mean(2, 3));
                assertThat(Tensors.floats(network.features(pixels))).containsExactly(wanted, within(1e-4f));
            }
        });
    }

    private static Tensor normalized(Map<String, Tensor> weights, String conv, String norm, Tensor x, int stride) {
        Tensor y = Kernels.convolve(x, weights.get(conv + ".weight"), stride, 1); // (N, C, H, W)
        Tensor deviation =
                weights.get(norm + ".running_var").add(new Scalar(1e-5)).sqrt();
        Tensor scale = weights.get(norm + ".weight").div(deviation); // (C)
        Tensor centred = y.sub(weights.get(norm + ".running_mean").reshape(1, -1, 1, 1));
        return centred.mul(scale.reshape(1, -1, 1, 1))
                .add(weights.get(norm + ".bias").reshape(1, -1, 1, 1));
    }

    @Test
    void aPictureIsSeenTheSameInEveryBatch() {
        Scope.run(() -> {
            try (ResNetCifar network = ResNetCifar.of(resnet(3))) {
                Tensor pixels = pixels(5, 3, 32);
                float[] alone = Tensors.floats(network.features(pixels.narrow(0, 3, 1)));
                float[] together = Tensors.floats(network.features(pixels).narrow(0, 3, 1));
                assertThat(together).containsExactly(alone, within(1e-4f));
            }
        });
    }

    @Test
    void outlivesTheScopeAndTheWeightsItWasMadeFrom() {
        LeNet[] network = new LeNet[1];
        Scope.run(() -> network[0] = LeNet.of(lenet()));
        Scope.run(() -> assertThat(Tensors.floats(network[0].features(pixels(1, 1, 28))))
                .hasSize(84)
                .doesNotContain(Float.NaN));
        network[0].close();
        assertThatThrownBy(() -> Scope.run(() -> network[0].features(pixels(1, 1, 28))))
                .hasMessageContaining("closed");
    }

    @Test
    void doesNotChangeWithTheWeightsItWasMadeFrom() {
        Scope.run(() -> {
            Map<String, Tensor> weights = lenet();
            try (LeNet network = LeNet.of(weights)) {
                float[] before = Tensors.floats(network.logits(pixels(1, 1, 28)));
                weights.values().forEach(Tensor::zero_);
                assertThat(Tensors.floats(network.logits(pixels(1, 1, 28)))).containsExactly(before);
            }
        });
    }

    @Test
    void leaksNothing() {
        Scope.run(() -> {
            Map<String, Tensor> weights = resnet(3);
            Tensor pixels = pixels(2, 3, 40);
            long before = Scope.live();
            try (ResNetCifar network = ResNetCifar.of(weights)) {
                Scope.run(() -> network.logits(pixels));
            }
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        });
    }

    @Test
    void theHashIsOfTheWeightsAndNotOfTheirWrapper() {
        Scope.run(() -> {
            Map<String, Tensor> wrapped = new LinkedHashMap<>();
            resnet(3).forEach((name, weight) -> wrapped.put("module." + name, weight));
            wrapped.put("module.bn1.num_batches_tracked", torch.zeros(1));
            Map<String, Tensor> other = resnet(3);
            other.put("linear.bias", torch.ones(10));
            String hash = hash(resnet(3));
            assertThat(hash).hasSize(16).isEqualTo(hash(wrapped)).isNotEqualTo(hash(other));
        });
    }

    @Test
    void theDepthIsThatOfTheWeights() {
        Scope.run(() -> {
            try (ResNetCifar network = ResNetCifar.of(resnet(5))) {
                assertThat(network.name()).isEqualTo("resnet32-cifar10");
            }
        });
    }

    @Test
    void refusesOtherPixelsAndOtherWeights() {
        Scope.run(() -> {
            try (LeNet network = LeNet.of(lenet())) {
                assertThatThrownBy(() -> network.features(torch.zeros(1, 1, 28, 28)))
                        .hasMessageContaining("uint8");
                assertThatThrownBy(() -> network.logits(pixels(1, 3, 28))).hasMessageContaining("(N, 1, H, W)");
            }
            Map<String, Tensor> missing = lenet();
            missing.remove("fc.f6.bias");
            assertThatThrownBy(() -> LeNet.of(missing)).hasMessage("lenet-mnist misses the weight fc.f6.bias");
            Map<String, Tensor> extra = lenet();
            extra.put("fc.f8.bias", torch.zeros(3));
            assertThatThrownBy(() -> LeNet.of(extra)).hasMessage("lenet-mnist has no weight fc.f8.bias");
            Map<String, Tensor> wrong = lenet();
            wrong.put("fc.f6.bias", torch.zeros(3));
            assertThatThrownBy(() -> LeNet.of(wrong)).hasMessageContaining("[84]: [3]");
        });
    }

    @Test
    void resizingKeepsAFlatPictureAndTheMeanAndInterpolatesBetweenPixels() {
        Scope.run(() -> {
            Tensor flat = Tensors.of(new byte[] {77, 77, 77, 77, 77, 77}, 1, 1, 2, 3);
            assertThat(Tensors.floats(Pixels.resize(flat, 5))).containsOnly(77);
            Tensor ramp = Tensors.of(new byte[] {0, 100, 0, 100}, 1, 1, 2, 2);
            assertThat(Tensors.floats(Pixels.resize(ramp, 4)))
                    .containsExactly(0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100);
            Tensor stripes = Tensors.of(new byte[] {0, 0, 0, 100, 0, 0, 0, 100}, 1, 1, 1, 8)
                    .expand(1, 1, 8, 8);
            for (float v : Tensors.floats(Pixels.resize(stripes, 2)))
                assertThat(v).isBetween(10f, 40f); // no aliasing
        });
    }

    private static String hash(Map<String, Tensor> weights) {
        try (ResNetCifar network = ResNetCifar.of(weights)) {
            return network.hash();
        }
    }

    private static Tensor pixels(int count, int channels, int size) {
        Rng rng = Rng.of(1);
        byte[] values = new byte[count * channels * size * size];
        for (int i = 0; i < values.length; i++) values[i] = (byte) rng.nextInt(256);
        return Tensors.of(values, count, channels, size, size);
    }

    private static Map<String, Tensor> lenet() {
        Weights weights = new Weights();
        weights.layer("convnet.c1", 6, 1, 5, 5);
        weights.layer("convnet.c3", 16, 6, 5, 5);
        weights.layer("convnet.c5", 120, 16, 5, 5);
        weights.layer("fc.f6", 84, 120);
        weights.layer("fc.f7", 10, 84);
        return weights.tensors;
    }

    private static Map<String, Tensor> resnet(int blocks) {
        Weights weights = new Weights();
        weights.put("conv1.weight", 16, 3, 3, 3);
        weights.norm("bn1", 16);
        int from = 16;
        for (int stage = 1; stage <= 3; stage++)
            for (int i = 0; i < blocks; i++) {
                int to = 8 << stage;
                String block = "layer" + stage + "." + i;
                weights.put(block + ".conv1.weight", to, from, 3, 3);
                weights.norm(block + ".bn1", to);
                weights.put(block + ".conv2.weight", to, to, 3, 3);
                weights.norm(block + ".bn2", to);
                from = to;
            }
        weights.layer("linear", 10, 64);
        return weights.tensors;
    }

    /** Random weights of a reasonable size, the same at each call. */
    private static final class Weights {
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();

        void put(String name, long... shape) {
            long inputs = Math.max(1, Tensors.count(shape) / shape[0]);
            tensors.put(
                    name,
                    Tensors.scale(1 / Math.sqrt(inputs), Rng.of(name.hashCode()).normal(shape)));
        }

        void layer(String name, long... shape) {
            put(name + ".weight", shape);
            put(name + ".bias", shape[0]);
        }

        void norm(String name, long channels) {
            layer(name, channels);
            put(name + ".running_mean", channels);
            tensors.put(
                    name + ".running_var",
                    Rng.of(name.hashCode()).uniform(channels).add(torch.ones(channels)));
        }
    }
}
