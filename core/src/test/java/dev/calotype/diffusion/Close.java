package dev.calotype.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Equality up to a tolerance that is absolute below 1 and relative above. */
public final class Close {
    private Close() {}

    public static void assertClose(String what, Tensor actual, double[] expected, double tolerance) {
        assertClose(what, Tensors.doubles(actual), expected, tolerance);
    }

    public static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++)
            assertThat(actual[i])
                    .as(what + "[" + i + "]")
                    .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
    }
}
