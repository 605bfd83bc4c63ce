package dev.calotype.model.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.model.clip.TextTransformer.Reading;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TextTransformerTest {
    private static TextTransformer network(Sight sight, Reading reading, Precision precision) {
        TextTransformer network = new TextTransformer(
                new TextTransformer.Config(20, 6, 16, 2, 2, 32, Activation.GELU, 1e-5, sight, reading, 18));
        Initialization.transformer(network, Rng.of(1));
        return Inference.prepare(network, precision);
    }

    private static double[] read(TextTransformer network, int... ids) {
        return Tensors.doubles(network.forward(Tensors.of(ids).reshape(1, ids.length)));
    }

    @ParameterizedTest
    @EnumSource
    void whatFollowsTheMarkOfTheEndDoesNotMatterToACausalEncoder(Precision precision) {
        try (PointerScope scope = new PointerScope()) {
            TextTransformer network = network(Sight.PAST, Reading.END, precision);
            double[] whole = read(network, 5, 7, 18, 18, 18, 18), other = read(network, 5, 7, 18, 1, 2, 3);
            assertThat(other).isEqualTo(whole);
            double[] alone = read(network, 5, 7, 18);
            for (int i = 0; i < whole.length; i++)
                assertThat(alone[i]).isCloseTo(whole[i], Offset.offset(precision == Precision.FP32 ? 1e-5 : 0.05));
            assertThat(read(network, 5, 6, 18, 18, 18, 18)).isNotEqualTo(whole);
        }
    }

    @Test
    void whatFollowsMattersWhereAllIsSeen() {
        try (PointerScope scope = new PointerScope()) {
            TextTransformer network = network(Sight.ALL, Reading.END, Precision.FP32);
            assertThat(read(network, 5, 7, 18, 1, 2, 3)).isNotEqualTo(read(network, 5, 7, 18, 18, 18, 18));
        }
    }

    @Test
    void bothPrecisionsLookAtThePastAlike() {
        try (PointerScope scope = new PointerScope()) {
            double[] exact = read(network(Sight.PAST, Reading.LAST, Precision.FP32), 5, 7, 2, 9, 11, 18);
            double[] rough = read(network(Sight.PAST, Reading.LAST, Precision.BF16), 5, 7, 2, 9, 11, 18);
            for (int i = 0; i < exact.length; i++) assertThat(rough[i]).isCloseTo(exact[i], Offset.offset(0.1));
        }
    }

    @Test
    void theLargestIdAndTheMarkOfTheEndAreNotTheSame() {
        try (PointerScope scope = new PointerScope()) {
            TextTransformer end = network(Sight.PAST, Reading.END, Precision.FP32);
            TextTransformer largest = network(Sight.PAST, Reading.LARGEST_ID, Precision.FP32);
            assertThat(read(largest, 5, 18, 0)).isEqualTo(read(end, 5, 18, 0));
            assertThat(read(largest, 19, 5, 18)).isNotEqualTo(read(end, 19, 5, 18)); // an id that was added later
        }
    }

    @Test
    void rowsThatAreTooLongAreRefused() {
        try (PointerScope scope = new PointerScope()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> read(network(Sight.PAST, Reading.END, Precision.FP32), 1, 2, 3, 4, 5, 6, 7))
                    .withMessage("ids must be (N, at most 6): [1, 7]");
        }
    }
}
