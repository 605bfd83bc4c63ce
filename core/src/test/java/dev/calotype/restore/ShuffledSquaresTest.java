package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ShuffledSquaresTest {
    /** Of 64 squares of two pixels a quarter is somewhere else, and nothing is lost or changed. */
    @Test
    void aShareOfTheSquaresIsSomewhereElseAndTheRestStays() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 3, 16, 16);
            double[] before = Tensors.doubles(x);
            double[] after = Tensors.doubles(new ShuffledSquares(2, 0.25).apply(x, Rng.of(2)));
            int moved = 0;
            for (int i = 0; i < before.length; i++) if (before[i] != after[i]) moved++;
            assertThat(moved).isEqualTo(before.length / 4);
            assertThat(Arrays.stream(after).sorted().toArray())
                    .isEqualTo(Arrays.stream(before).sorted().toArray());
            int half = before.length / 2;
            assertThat(places(before, after, 0, half)).isNotEqualTo(places(before, after, half, before.length));
        });
    }

    private static boolean[] places(double[] before, double[] after, int from, int to) {
        boolean[] moved = new boolean[to - from];
        for (int i = from; i < to; i++) moved[i - from] = before[i] != after[i];
        return moved;
    }

    @Test
    void twoSquaresAreExchangedHoweverSmallTheShare() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(1, 3, 8, 8);
            Tensor y = new ShuffledSquares(4, 0).apply(x, Rng.of(2));
            assertThat(y.ne(x).sum().item_long()).isEqualTo(2 * 3 * 16);
        });
    }
}
