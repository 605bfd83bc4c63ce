package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.CostCell.Work;
import dev.calotype.tensor.Precision;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class CostCellTest {
    private static final long LIMIT_SECONDS = 120;

    /** Other machines have other kernels: here it is within 20 %, at points that take seconds; {@code calotype bench cost} checks many more. */
    @ParameterizedTest
    @CsvSource({
        "TRAINING_STEP,32,16,32,FP32,1,never",
        "TRAINING_STEP,32,32,32,BF16,2,never",
        "TRAINING_STEP,32,32,32,BF16,2,always",
        "SAMPLING,32,16,32,FP32,2,never",
        "SAMPLING,32,64,32,BF16,2,never"
    })
    void theEstimateIsNearThePeak(
            Work work, int size, int batch, int channels, Precision precision, int threads, String recompute)
            throws Exception {
        var cell = new CostCell(work, size, batch, channels, precision, threads, 1, recompute);
        CostCell.Found found = cell.measure(LIMIT_SECONDS);
        assertThat(found.skipped()).isNull();
        assertThat(found.cost().seconds()).isPositive();
        assertThat((double) found.cost().estimateMb()).isCloseTo(found.cost().peakMb(), Percentage.withPercentage(40));
    }

    @Test
    void whatDoesNotFitIsLeftOutWithTheReason() throws Exception {
        var cell = new CostCell(Work.TRAINING_STEP, 1024, 60_000, 1024, Precision.FP32, 1, 1, "never");
        assertThat(cell.measure(LIMIT_SECONDS).skipped()).matches("needs \\d+ MB");
    }

    @Test
    void whatTakesTooLongIsLeftOut() throws Exception {
        var cell = new CostCell(Work.TRAINING_STEP, 64, 64, 128, Precision.FP32, 1, 1, "never");
        assertThat(cell.measure(1).skipped()).isEqualTo("took longer than 1 s");
    }
}
