package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class SharedRowsTest {
    private static Tensor wide(int pictures) {
        return Rng.of(1).normal(pictures, 5, 7, 8).permute(0, 3, 1, 2); // (N, 8, 5, 7)
    }

    @Test
    void twoMapsOfOneMemoryDoNotTouchEachOther() {
        Scope.run(() -> {
            Tensor first = SharedRows.first(wide(1), 3), second = SharedRows.second(first);
            Tensor one = Rng.of(2).normal(1, 3, 5, 7), other = Rng.of(3).normal(1, 3, 5, 7);
            first.copy_(one);
            second.copy_(other);
            assertThat(Deviation.largest(first, one)).isZero();
            assertThat(Deviation.largest(second, other)).isZero();
        });
    }

    @Test
    void thereIsRoomBesideTheFirstOfTwoUntilSomebodyHasIt() {
        Scope.run(() -> {
            Tensor first = Scope.tidy(() -> SharedRows.first(wide(1), 4));
            assertThat(SharedRows.hasRoom(first)).isTrue();
            Tensor second = SharedRows.second(first);
            assertThat(SharedRows.hasRoom(first)).isFalse();
            assertThat(SharedRows.hasRoom(second)).isFalse();
        });
    }

    @Test
    void thereIsNoRoomWithinAWholeMap() {
        Scope.run(() -> {
            assertThat(SharedRows.hasRoom(wide(1))).isFalse();
            assertThat(SharedRows.hasRoom(wide(2))).isFalse();
        });
    }
}
