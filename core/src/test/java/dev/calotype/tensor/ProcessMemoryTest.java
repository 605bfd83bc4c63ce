package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessMemoryTest {
    private static final long SIZE = 64L << 20;

    private static Tensor filled() {
        return torch.empty(SIZE / 4).fill_(new Scalar(1.0));
    }

    /** The allocator keeps what other tests freed, and gives that first. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void nativeMemoryCountsWhileItIsThereAndAsAPeakAfterwards() {
        long[] with = new long[1];
        Scope.run(() -> {
            long grown = 0;
            for (int i = 0; i < 64 && grown < SIZE * 3 / 4; i++) {
                long before = ProcessMemory.resident();
                filled();
                with[0] = ProcessMemory.resident();
                grown = with[0] - before;
            }
            assertThat(grown).isBetween(SIZE * 3 / 4, SIZE * 2);
        });
        assertThat(ProcessMemory.peak().orElseThrow())
                .isGreaterThan(with[0] - SIZE / 4); // the system counts in batches
    }

    @Test
    void theWholeIsMoreThanItsParts() {
        assertThat(ProcessMemory.available()).isPositive().isLessThanOrEqualTo(ProcessMemory.total());
        assertThat(ProcessMemory.resident()).isPositive().isLessThan(ProcessMemory.total());
    }
}
