package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessMemoryTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void nativeMemoryCountsWhileItIsThereAndAsAPeakAfterwards() {
        long size = 256L << 20;
        long before = ProcessMemory.resident();
        Tensor large = Scope.keep(() -> torch.empty(size / 4).fill_(new Scalar(1.0)));
        long with = ProcessMemory.resident();
        large.close();
        assertThat(with - before).isBetween(size * 3 / 4, size * 2);
        assertThat(ProcessMemory.peak().orElseThrow()).isGreaterThan(with - size / 16); // the system counts in batches
    }

    @Test
    void theWholeIsMoreThanItsParts() {
        assertThat(ProcessMemory.available()).isPositive().isLessThanOrEqualTo(ProcessMemory.total());
        assertThat(ProcessMemory.resident()).isPositive().isLessThan(ProcessMemory.total());
    }
}
