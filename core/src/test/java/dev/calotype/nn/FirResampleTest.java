package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class FirResampleTest {
    private static float middle(Tensor x) {
        return x.select(2, x.size(2) / 2).select(2, x.size(3) / 2).item_float();
    }

    /** The filter, and then every other pixel, as a 1 x 1 convolution takes them. */
    private static Tensor down(Tensor x) {
        Tensor one = torch.ones(x.size(1), 1, 1, 1);
        return Kernels.convolveEach(FirResample.before(x, 1), one, 2, 0);
    }

    @Test
    void aConstantStaysWhatItIsAwayFromTheEdges() {
        Scope.run(() -> {
            Tensor x = torch.ones(1, 1, 8, 8);
            assertThat(middle(FirResample.up(x))).isCloseTo(1, within(1e-6f));
            assertThat(middle(down(x))).isCloseTo(1, within(1e-6f));
        });
    }

    /** 1/4 and 3/4 between pixel centres: bilinear interpolation, where no edge is near. */
    @Test
    void upsamplingIsBilinearAwayFromTheEdges() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 3, 6, 8);
            Tensor inner = FirResample.up(x).narrow(2, 1, 10).narrow(3, 1, 14);
            Tensor bilinear = Convolutions.upsampleBilinear(x).narrow(2, 1, 10).narrow(3, 1, 14);
            assertThat(Deviation.largest(inner, bilinear)).isLessThan(1e-6);
        });
    }

    /** <up x, y> = 4 <x, down y>: both are the same filter, and up has the gain of 4. */
    @Test
    void downsamplingIsTheAdjointOfUpsampling() {
        Scope.run(() -> {
            Tensor x = Rng.of(2).normal(2, 3, 4, 6), y = Rng.of(3).normal(2, 3, 8, 12);
            double up = FirResample.up(x).mul(y).sum().item_double();
            double down = x.mul(down(y)).sum().item_double();
            assertThat(up).isCloseTo(4 * down, within(1e-4));
        });
    }

    /** 1 - 3 + 3 - 1: stripes of one pixel leave no alias. */
    @Test
    void theHighestFrequencyVanishes() {
        Scope.run(() -> {
            Tensor stripes = Tensors.of(1.0, -1, 1, -1, 1, -1, 1, -1).reshape(1, 1, 1, 8);
            Tensor inner = down(stripes.expand(1, 1, 8, 8)).narrow(2, 1, 2).narrow(3, 1, 2);
            assertThat(Tensors.floats(inner)).containsOnly(0);
        });
    }
}
