package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Batch;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final Batch BATCH = Toys.batch(1, 1, 2);

    /** A training whose loss is a function of the step. */
    private static TrainingStep losing(LongToDoubleFunction loss) {
        long[] step = {0};
        return batch -> new StepReport(++step[0], loss.applyAsDouble(step[0]), 1, 0.1, batch.count());
    }

    private static long run(LongToDoubleFunction loss, long steps) {
        long[] last = {0};
        new Trainer(losing(loss), () -> BATCH, List.of(report -> last[0] = report.step()))
                .run(report -> report.step() == steps);
        return last[0];
    }

    @Test
    void tellsTheListenersInOrderAndStopsWhenTold() {
        List<String> told = new ArrayList<>();
        new Trainer(
                        losing(step -> 1),
                        () -> BATCH,
                        List.of(report -> told.add("a" + report.step()), report -> told.add("b" + report.step())))
                .run(report -> report.step() == 2);
        assertThat(told).containsExactly("a1", "b1", "a2", "b2");
    }

    @Test
    void freesTheTensorsOfEveryStep() {
        long before = Scope.live();
        TrainingStep step = batch -> {
            torch.ones(3).add(torch.ones(3));
            return new StepReport(1, 1, 1, 0.1, 1);
        };
        int[] made = {0};
        new Trainer(step, () -> BATCH, List.of()).run(report -> ++made[0] == 50);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void stopsATrainingWhoseLossRunsAway() {
        assertThatThrownBy(() -> run(step -> step < 300 ? 1 : Math.exp(0.05 * (step - 300)), 2000))
                .isInstanceOfSatisfying(
                        DivergenceException.class, e -> assertThat(e.step()).isBetween(310L, 400L))
                .hasMessageStartingWith("the loss diverges: a running mean of ");
    }

    /** Steps of which every tenth has a loss that all processes know. */
    private static TrainingStep apart(LongToDoubleFunction own, LongToDoubleFunction together) {
        return new TrainingStep() {
            private long made;

            @Override
            public StepReport run(Batch batch) {
                made++;
                double loss = (isSettled() ? together : own).applyAsDouble(made);
                return new StepReport(made, loss, 1, 0.1, batch.count());
            }

            @Override
            public boolean isSettled() {
                return made % 10 == 0;
            }
        };
    }

    @Test
    void aLossThatOneProcessAloneKnowsEndsNothing() {
        TrainingStep alone = apart(step -> step < 300 ? 1 : 1e6, step -> 1);
        new Trainer(alone, () -> BATCH, List.of()).run(report -> report.step() == 1000);
        TrainingStep all = apart(step -> 1, step -> step < 300 ? 1 : Math.exp(0.05 * (step - 300)));
        assertThatThrownBy(() -> new Trainer(all, () -> BATCH, List.of()).run(report -> report.step() == 2000))
                .isInstanceOfSatisfying(
                        DivergenceException.class, e -> assertThat(e.step()).isBetween(310L, 400L));
    }

    @Test
    void putsUpWithNoiseAndWithASingleOutlier() {
        assertThat(run(step -> 1 + Math.sin(step) * 0.9, 2000)).isEqualTo(2000);
        assertThat(run(step -> step == 500 ? 100 : 1, 2000)).isEqualTo(2000);
    }

    @Test
    void lossesOfSinglePicturesThatDifferAHundredfoldAreNoDivergence() {
        for (int seed = 0; seed < 50; seed++) {
            Rng chance = Rng.of(seed);
            LongToDoubleFunction loss =
                    step -> 0.9 * Math.exp(-5.7 * chance.nextDouble()); // as that of noise at some step
            assertThat(run(loss, 500)).isEqualTo(500);
            assertThatThrownBy(() -> run(step -> loss.applyAsDouble(step) * (step < 400 ? 1 : 20), 800))
                    .isInstanceOf(DivergenceException.class);
        }
    }

    @Test
    void aBadStartIsNotADivergence() {
        assertThat(run(step -> step < 50 ? 0.01 : 1, 120)).isEqualTo(120);
    }

    @Test
    void aNegativeLossHasNoRatioToGuard() {
        assertThat(run(step -> step < 300 ? -1 : 5, 1000)).isEqualTo(1000);
    }
}
