package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpolationTest {
    @ParameterizedTest
    @EnumSource
    void startsAndEndsAtItsEnds(Interpolation path) {
        Scope.run(() -> {
            Tensor a = Rng.of(1).normal(3, 8, 8);
            Tensor b = Rng.of(2).normal(3, 8, 8);
            Tensor frames = path.frames(a, b, 5);
            assertThat(Tensors.shape(frames)).containsExactly(5, 3, 8, 8);
            assertClose("first", frames.select(0, 0), Tensors.doubles(a), 1e-6);
            assertClose("last", frames.select(0, 4), Tensors.doubles(b), 1e-6);
            assertClose("same", path.frames(a, a, 3).select(0, 1), Tensors.doubles(a), 1e-6);
        });
    }

    @Test
    void theArcKeepsTheNoiseAndTheLineDoesNot() {
        Scope.run(() -> {
            Tensor a = Rng.of(1).normal(3, 32, 32);
            Tensor b = Rng.of(2).normal(3, 32, 32);
            assertThat(middle(Interpolation.SLERP, a, b)).isCloseTo(1, within(0.05));
            assertThat(middle(Interpolation.LERP, a, b)).isCloseTo(Math.sqrt(0.5), within(0.05));
        });
    }

    private static double middle(Interpolation path, Tensor a, Tensor b) {
        return path.frames(a, b, 3).select(0, 1).std().item_double();
    }

    @Test
    void refusesASinglePoint() {
        Scope.run(() -> {
            Tensor a = Rng.of(1).normal(2);
            assertThatThrownBy(() -> Interpolation.LERP.frames(a, a, 1)).hasMessageContaining("at least 2: 1");
        });
    }
}
