package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InceptionV3Test {
    private static InceptionV3 network;

    @BeforeAll
    static void open() {
        Scope.run(() -> network = InceptionV3.of(FormulaWeights.of(InceptionV3.shapes())));
    }

    @AfterAll
    static void close() {
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "large"})
    void everyBlockAgreesWithPytorchFid(String name) {
        JsonNode golden = Golden.json("peers/inception.json").get(name);
        long[] shape =
                Arrays.stream(Golden.ints(golden.get("shape"))).asLongStream().toArray();
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> {
                Tensor pixels = FormulaWeights.pixels("pixels." + name, shape);
                Tensor stem = network.stem(network.prepare(pixels));
                Tensor first = network.first(stem);
                Tensor second = network.second(first);
                List<Tensor> blocks = List.of(stem, first, second, network.features(pixels));
                for (int i = 0; i < blocks.size(); i++)
                    FormulaWeights.check(blocks.get(i), golden.get("blocks").get(i), 2e-4);
                FormulaWeights.check(network.logits(pixels), golden.get("logits"), 2e-4);
            });
        }
    }

    @Test
    void picturesAreResizedAtTheirCornersForTensorflow() {
        Scope.run(() -> {
            Tensor ramp = Tensors.of(new float[] {0, 10, 20, 30, 40, 50}, 1, 1, 2, 3); // (1, 1, H, W)
            // tf.compat.v1.image.resize_bilinear by its definition: sample i at i * 3 / 4 of a row, at i * 2 / 4 of a
            // column
            double[] wanted = {0, 7.5, 15, 20, 15, 22.5, 30, 35, 30, 37.5, 45, 50, 30, 37.5, 45, 50};
            assertThat(Tensors.doubles(Pixels.resizedAtCorners(ramp, 4))).containsExactly(wanted, within(1e-5));
        });
    }

    @Test
    void spatialFeaturesStandBesideTheOthers() {
        Scope.run(() -> {
            Tensor pixels = FormulaWeights.pixels("pixels", 2, 3, 20, 24);
            FeatureNetwork.Seen seen = network.see(pixels);
            assertThat(seen.spatial().size(1)).isEqualTo(7 * 17 * 17);
            assertThat(Tensors.doubles(seen.features()))
                    .containsExactly(Tensors.doubles(network.features(pixels)), within(1e-5));
            assertThat(Arrays.stream(Tensors.doubles(seen.spatial())).min().orElseThrow())
                    .isNotNegative(); // after the rectifier
        });
    }

    @Test
    void aPictureIsSeenTheSameInEveryBatchAndInGreyAsInColour() {
        Scope.run(() -> {
            Tensor grey = FormulaWeights.pixels("grey", 17, 1, 8, 8);
            Tensor features = network.features(grey);
            assertThat(Tensors.shape(features)).containsExactly(17, 2048);
            Tensor last = grey.narrow(0, 16, 1);
            assertThat(Tensors.floats(network.features(Tensors.cat(1, last, last, last))))
                    .containsExactly(Tensors.floats(features.narrow(0, 16, 1)), within(1e-4f));
        });
    }

    @Test
    void namesWhatIsMissing() {
        Scope.run(() -> {
            Map<String, Tensor> weights = FormulaWeights.of(Map.of("fc.bias", new long[] {1008}));
            assertThatThrownBy(() -> InceptionV3.of(weights))
                    .hasMessage("inception-v3-2015 misses the weight Conv2d_1a_3x3.conv.weight");
            assertThatThrownBy(() -> network.features(torch.zeros(1, 3, 9, 9))).hasMessageContaining("uint8");
        });
    }
}
