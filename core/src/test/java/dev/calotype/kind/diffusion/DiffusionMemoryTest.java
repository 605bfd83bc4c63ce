package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Tiny;
import dev.calotype.nn.Recomputation.Policy;
import org.junit.jupiter.api.Test;

class DiffusionMemoryTest {
    @Test
    void theEstimateGrowsWithTheBatchAndFallsWithRecomputingAndParts() {
        DiffusionExperiment small = Tiny.experiment("data.size=64", "training.batch=32");
        long kept = DiffusionMemory.steps(small, Policy.NEVER, 1).results();
        assertThat(DiffusionMemory.steps(Tiny.experiment("data.size=64", "training.batch=64"), Policy.NEVER, 1)
                        .results())
                .isGreaterThan(kept * 9 / 5);
        assertThat(DiffusionMemory.steps(small, Policy.ALWAYS, 1).results()).isLessThan(kept);
        assertThat(DiffusionMemory.steps(small, Policy.NEVER, 4).results()).isLessThan(kept / 2);
    }

    /** They are summed in fp32 beside what the network keeps of the last part. */
    @Test
    void gradientsOfPartsAreHeldOnceMoreInBf16() {
        assertThat(weights("bf16", 2) - weights("bf16", 1))
                .isEqualTo(2 * (weights("bf16", 1) / (MemoryEstimate.COPIES + 1)));
        assertThat(weights("fp32", 2)).isEqualTo(weights("fp32", 1));
    }

    private static long weights(String precision, int parts) {
        DiffusionExperiment experiment =
                Tiny.experiment("training.precision=" + precision, "training.workers=2", "training.ema=[0.9]");
        return DiffusionMemory.steps(experiment, Policy.NEVER, parts).weights();
    }

    @Test
    void weightsThatStayAsTheyAreAreHeldOnce() {
        MemoryEstimate all = estimate("full"), factors = estimate("lora");
        assertThat(factors.weights()).isLessThan(all.weights() / MemoryEstimate.COPIES);
        assertThat(factors.total()).isLessThan(all.total());
    }

    private static MemoryEstimate estimate(String method) {
        return DiffusionMemory.steps(
                Tiny.experiment("training.tune.from=base", "training.tune.method=" + method), Policy.NEVER, 1);
    }
}
