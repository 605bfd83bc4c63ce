package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Tiny;
import org.junit.jupiter.api.Test;

class TimeSignalTest {
    @Test
    void aSignalThatTakesTheLogarithmOfStepZeroIsRefused() {
        assertThatThrownBy(() -> Tiny.experiment("network.variant.time.signal=fourier"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("network.variant.time.signal must be sinusoids or learned, since a process has a"
                        + " step 0, of which fourier takes the logarithm: fourier");
    }
}
