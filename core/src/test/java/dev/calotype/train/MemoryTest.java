package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MemoryTest {
    /**
     * Native memory is invisible to the heap: what leaked 16 kB per step would show here, in each of several stretches. In one of them the
     * collector may have begun to use pages that it had long claimed.
     */
    @Test
    @Tag("slow")
    void staysFlatOverTwoThousandSteps() {
        try (var step = Toys.diffusionStep(Precision.FP32, 1)) {
            train(step, 1, 300);
            long live = Scope.live(), least = Long.MAX_VALUE;
            for (int stretch = 0; stretch < 3; stretch++) {
                long resident = outsideTheJvm();
                train(step, 301 + 700 * stretch, 1000 + 700 * stretch);
                least = Math.min(least, outsideTheJvm() - resident);
            }
            assertThat(Scope.live()).isLessThanOrEqualTo(live);
            assertThat(least).isLessThan(700 * (16L << 10));
        }
    }

    /** Resident bytes that neither heap nor code nor classes explain. */
    private static long outsideTheJvm() {
        MemoryMXBean jvm = ManagementFactory.getMemoryMXBean();
        return Pointer.physicalBytes()
                - jvm.getHeapMemoryUsage().getCommitted()
                - jvm.getNonHeapMemoryUsage().getCommitted();
    }

    private static void train(GradientStep<?> step, int first, int last) {
        for (int i = first; i <= last; i++) {
            long seed = i;
            Scope.run(() -> step.run(Toys.batch(seed, 2, 8)));
        }
    }
}
