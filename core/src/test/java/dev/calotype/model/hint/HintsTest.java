package dev.calotype.model.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.model.Condition;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetFootprint;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HintsTest {
    private static final int LENGTH = 6;

    private static UNet.Config config() {
        return new UNet.Config(
                32,
                List.of(1, 2),
                1,
                List.of(2),
                0,
                32,
                ResidualBlock.Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
    }

    private static UNet fresh(Hints hints) {
        return new UNet(config(), new UNet.Ports(3, 3, 0, hints), Rng.of(1));
    }

    private static UNet told(int tokens) {
        return Awake.network(fresh(new Hints(LENGTH, tokens, 0)), 2);
    }

    private static Condition of(float... values) {
        return new Condition(Columns.of(Columns.EMBEDDING, new Column.Floats(values, List.of(LENGTH))));
    }

    private static Condition drawn(int images, long seed) {
        return of(Tensors.floats(Rng.of(seed).normal(images, LENGTH)));
    }

    private static Tensor answer(UNet network, int images, Condition condition) {
        Tensor x = Rng.of(5).normal(images, 3, 16, 16);
        return Scope.inference(() -> network.forward(x, Tensors.fill(images, 300), condition));
    }

    @ParameterizedTest
    @CsvSource({"0,0,0,0", "6,0,0,0", "6,4,0,0", "0,0,3,0", "6,2,3,9", "0,0,0,9"})
    void theFootprintCountsTheWeightsOfTheNetwork(int embedding, int tokens, int picture, int changes) {
        Hints hints = new Hints(embedding, tokens, picture).changed(changes);
        try (Scope.Owned<UNet> network = Scope.own(() -> fresh(hints))) {
            long weights = Scope.read(() -> Tensors.parameters(network.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
            UNet.Ports ports = network.value().ports();
            assertThat(new UNetFootprint(config(), ports, 16, Precision.FP32).weights())
                    .isEqualTo(weights);
        }
    }

    private static UNet reading(int tokens) {
        return Awake.network(fresh(new Hints(LENGTH, tokens, 0, 3, 5, 0)), 2);
    }

    /** Captions of {@code lengths} tokens of 5 values, of which 3 are read. */
    private static Condition words(Condition vectors, long seed, int... lengths) {
        float[] values = Tensors.floats(Rng.of(seed).normal(lengths.length, 3, 5));
        for (int i = 0; i < lengths.length; i++)
            java.util.Arrays.fill(values, (3 * i + lengths[i]) * 5, 3 * (i + 1) * 5, 0);
        return new Condition(vectors.columns().with(Columns.WORDS, new Column.Floats(values, List.of(3, 5))));
    }

    @ParameterizedTest
    @CsvSource({"0", "2"})
    void theFootprintCountsTheWeightsThatReadWords(int tokens) {
        Hints hints = new Hints(LENGTH, tokens, 0, 3, 5, 0);
        try (Scope.Owned<UNet> network = Scope.own(() -> fresh(hints))) {
            long weights = Scope.read(() -> Tensors.parameters(network.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
            assertThat(new UNetFootprint(config(), network.value().ports(), 16, Precision.FP32).weights())
                    .isEqualTo(weights);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "2"})
    void wordsAreAttendedToAndNoneSayNothing(int tokens) {
        Scope.run(() -> {
            UNet network = reading(tokens);
            Condition vectors = drawn(2, 1);
            Tensor silent = answer(network, 2, vectors);
            assertThat(Deviation.largest(answer(network, 2, words(vectors, 1, 0, 0)), silent))
                    .isZero();
            assertThat(Deviation.relative(answer(network, 2, words(vectors, 1, 3, 2)), silent))
                    .isGreaterThan(1e-4);
            assertThat(Deviation.relative(
                            answer(network, 2, words(vectors, 1, 3, 2)), answer(network, 2, words(vectors, 2, 3, 2))))
                    .isGreaterThan(1e-4);
        });
    }

    /** A caption that has fewer tokens than are read is followed by nothing, whatever the others of the batch have. */
    @Test
    void anImageIsToldOfItsOwnWordsAlone() {
        Scope.run(() -> {
            UNet network = reading(2);
            Condition both = words(drawn(2, 1), 1, 3, 1);
            Tensor together = answer(network, 2, both);
            Tensor x = Rng.of(5).normal(2, 3, 16, 16).narrow(0, 1, 1);
            Tensor alone = Scope.inference(() -> network.forward(x, Tensors.fill(1, 300), both.slice(1, 2)));
            assertThat(Deviation.largest(together.narrow(0, 1, 1), alone)).isLessThan(1e-4);
        });
    }

    @Test
    void wordsOfAnotherNumberOrWidthAreRefused() {
        Scope.run(() -> {
            UNet network = reading(2);
            Condition wide =
                    new Condition(Columns.of(Columns.WORDS, new Column.Floats(new float[3 * 6], List.of(3, 6))));
            assertThatThrownBy(() -> answer(network, 1, wide))
                    .hasMessage("words must be 3 tokens of 5 values: [1, 3, 6]");
            assertThatThrownBy(() -> new Hints(0, 0, 0, 3, 5, 0)).hasMessageContaining("words must be in 0..1024");
        });
    }

    @Test
    void everyWeightThatReadsWordsHasAGradient() {
        UNet network = reading(2);
        Scope.run(() -> {
            Tensor x = Rng.of(5).normal(2, 3, 16, 16);
            network.forward(x, Tensors.of(10, 700), words(of(new float[2 * LENGTH]), 1, 3, 1))
                    .square()
                    .mean()
                    .backward();
            Tensors.parameters(network).forEach((name, parameter) -> assertThat(Tensors.floats(parameter.grad()))
                    .as(name)
                    .isNotEqualTo(new float[(int) parameter.numel()]));
        });
    }

    @Test
    void zerosAndNoEmbeddingAtAllSayNothing() {
        Scope.run(() -> {
            UNet network = told(3);
            Tensor silent = answer(network, 2, Condition.NONE);
            assertThat(Deviation.largest(answer(network, 2, of(new float[2 * LENGTH])), silent))
                    .isZero();
            assertThat(Deviation.relative(answer(network, 2, drawn(2, 1)), silent))
                    .isGreaterThan(1e-3);
        });
    }

    @ParameterizedTest
    @CsvSource({"0", "3"})
    void anImageIsToldOfItsOwnEmbeddingAlone(int tokens) {
        Scope.run(() -> {
            UNet network = told(tokens);
            Condition both = drawn(2, 1);
            Tensor together = answer(network, 2, both);
            Tensor x = Rng.of(5).normal(2, 3, 16, 16).narrow(0, 1, 1);
            Tensor alone = Scope.inference(() -> network.forward(x, Tensors.fill(1, 300), both.slice(1, 2)));
            assertThat(Deviation.largest(together.narrow(0, 1, 1), alone)).isLessThan(1e-4);
        });
    }

    /** So a network draws what nothing was done to where it is told nothing. */
    @Test
    void noChangesAreToldByZerosOrNotAtAll() {
        Scope.run(() -> {
            UNet network = Awake.network(fresh(Hints.NONE.changed(2)), 2);
            Tensor silent = answer(network, 1, Condition.NONE);
            assertThat(Deviation.largest(answer(network, 1, changes(0, 0)), silent))
                    .isZero();
            assertThat(Deviation.relative(answer(network, 1, changes(1, 0)), silent))
                    .isGreaterThan(1e-3);
        });
    }

    private static Condition changes(float... values) {
        return Condition.NONE.with(Columns.CHANGES, new Column.Floats(values, List.of(values.length)));
    }

    /** Whatever is not learned is the same, so only the tokens can tell the two apart. */
    @Test
    void tokensAreAttendedTo() {
        Scope.run(() -> {
            UNet network = told(3);
            Scope.read(
                    () -> Tensors.parameters(network).get("hints.image.weight").zero_());
            assertThat(Deviation.relative(answer(network, 2, drawn(2, 1)), answer(network, 2, drawn(2, 2))))
                    .isGreaterThan(1e-4);
        });
    }

    @ParameterizedTest
    @CsvSource({"FP32", "BF16"})
    void recomputingChangesNoGradientAndEveryWeightHasOne(Precision precision) {
        UNet network = told(3);
        Scope.read(() -> {
            Tensors.parameters(network).values().forEach(p -> p.set_data(p.to(precision.dtype())));
            return null;
        });
        Map<String, float[]> plain = gradients(network, Policy.NEVER);
        Map<String, float[]> recomputed = gradients(network, Policy.ALWAYS);
        plain.forEach((name, values) -> {
            assertThat(recomputed.get(name)).as(name).containsExactly(values);
            assertThat(new float[values.length]).as(name).isNotEqualTo(values);
        });
        assertThat(plain).containsKey("hints.nothing");
    }

    private static Map<String, float[]> gradients(UNet network, Policy policy) {
        Map<String, float[]> found = new LinkedHashMap<>();
        network.recompute(policy);
        float[] values = Tensors.floats(Rng.of(1).normal(2, LENGTH));
        java.util.Arrays.fill(values, 0, LENGTH, 0);
        Scope.run(() -> {
            Tensor x = Rng.of(5).normal(2, 3, 16, 16);
            Tensor y = network.forward(x, Tensors.of(10, 700), of(values));
            y.mul(y).mean().backward();
            Tensors.parameters(network).forEach((name, parameter) -> {
                found.put(name, Tensors.floats(parameter.grad()));
                parameter.mutable_grad().reset();
            });
        });
        return found;
    }

    @Test
    void aSmallerPictureAndItsNoiseAreSeen() {
        Scope.run(() -> {
            UNet network = Awake.network(fresh(new Hints(0, 0, 3)), 2);
            Tensor first = answer(network, 2, smaller(1, 0.1f));
            assertThat(Deviation.largest(answer(network, 2, smaller(1, 0.1f)), first))
                    .isZero();
            assertThat(Deviation.relative(answer(network, 2, smaller(2, 0.1f)), first))
                    .isGreaterThan(1e-3);
            assertThat(Deviation.relative(answer(network, 2, smaller(1, 0.4f)), first))
                    .isGreaterThan(1e-3);
            assertThatThrownBy(() -> answer(network, 2, Condition.NONE))
                    .hasMessage("the network wants the noise of each image");
        });
    }

    private static Condition smaller(long seed, float noise) {
        float[] pictures = Tensors.floats(Rng.of(seed).normal(2, 3, 8, 8));
        return new Condition(new Columns(Map.of(
                Columns.SMALLER,
                new Column.Floats(pictures, List.of(3, 8, 8)),
                Columns.NOISE,
                new Column.Floats(new float[] {noise, noise}, List.of()))));
    }

    @Test
    void embeddingsOfAnotherLengthOrNumberAreRefused() {
        Scope.run(() -> {
            UNet network = told(3);
            Condition longer = new Condition(
                    Columns.of(Columns.EMBEDDING, new Column.Floats(new float[2 * LENGTH], List.of(2 * LENGTH))));
            assertThatThrownBy(() -> answer(network, 1, longer)).hasMessage("an embedding must have 6 values: 12");
            assertThatThrownBy(() -> answer(network, 1, drawn(2, 1)))
                    .hasMessage("the network wants one embedding per image: 2 for 1");
        });
    }
}
