package dev.calotype.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The order of each solver, measured against the exact solution of the probability-flow equation of a Gaussian: x/s − μ
 * shrinks in proportion to √(c² + σ²).
 */
class ConvergenceTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(4000);
    private static final double MEAN = 0.3;
    private static final double DEVIATION = 0.4;

    @Test
    void ddimIsOfFirstOrder() {
        assertThat(order(n -> new Ddim(SCHEDULE.respaced(n), 0), 40)).isBetween(0.85, 1.15);
    }

    @Test
    void dpmSolverIsOfSecondOrder() {
        assertThat(order(n -> new DpmSolver(SCHEDULE, n), 30)).isBetween(1.75, 2.4);
    }

    @Test
    void dpmSolverConvergesOnTheGridOfTimeToo() {
        assertThat(order(n -> new DpmSolver(SCHEDULE, n, Grid.TIME), 50)).isBetween(1.5, 3.0);
    }

    @Test
    void heunIsOfSecondOrder() {
        assertThat(order(n -> new Heun(SCHEDULE, n), 15)).isBetween(1.75, 2.4);
    }

    @Test
    void secondOrderIsBetterAtTheSameCost() {
        double first = error(new Ddim(SCHEDULE.respaced(79), 0));
        assertThat(error(new DpmSolver(SCHEDULE, 79))).isLessThan(first / 3);
        assertThat(error(new Heun(SCHEDULE, 40))).isLessThan(first / 3);
    }

    private static double order(IntFunction<Sampler> sampler, int steps) {
        double coarse = error(sampler.apply(steps + 1));
        double fine = error(sampler.apply(2 * steps + 1));
        return Math.log(coarse / fine) / Math.log(2);
    }

    /** The largest error over some noises; the last step, from σ_min to the mean given x, is exact in all. */
    private static double error(Sampler sampler) {
        return Scope.read(() -> {
            Tensor noise = Rng.of(2).normal(50, 1, 1, 1);
            double[] actual = Tensors.doubles(sampler.sample(Toy.gaussian(MEAN, DEVIATION), noise, Rng.of(1)));
            double[] start = Tensors.doubles(noise);
            double worst = 0;
            for (int i = 0; i < start.length; i++) worst = Math.max(worst, Math.abs(actual[i] - exact(start[i])));
            return worst;
        });
    }

    private static double exact(double noise) {
        NoiseLevel first = SCHEDULE.level(SCHEDULE.steps() - 1);
        NoiseLevel last = SCHEDULE.level(0);
        double variance = DEVIATION * DEVIATION;
        double atLast = variance + last.sigma() * last.sigma();
        double x = (noise / first.signal() - MEAN) * Math.sqrt(atLast / (variance + first.sigma() * first.sigma()));
        return MEAN + variance / atLast * x;
    }
}
