package dev.calotype.sampling;

import dev.calotype.diffusion.NoiseSchedule;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** The noise levels that a solver of the probability-flow equation visits, between the first and last of a schedule. */
public enum Grid {
    /** Even in log σ, that is in half the log-SNR; for {@link DpmSolver} at few steps. */
    LOG_SNR {
        @Override
        double[] sigmas(NoiseSchedule schedule, int steps) {
            double low = Math.log(schedule.sigmaMin());
            double high = Math.log(largest(schedule));
            return spread(steps, u -> Math.exp(high + u * (low - high)));
        }
    },
    /** Even in the steps of the schedule. */
    TIME {
        @Override
        double[] sigmas(NoiseSchedule schedule, int steps) {
            double last = schedule.steps() - 1;
            double[] sigmas = spread(steps, u -> Math.min(largest(schedule), schedule.sigmaAt(last * (1 - u))));
            sigmas[steps - 1] = schedule.sigmaMin();
            return sigmas;
        }
    };

    /**
     * e^5.1, where Lu et al. (2022) cut cosine schedules: above it an image is noise to one part in 160, and steps are
     * wasted (a cosine schedule of 4000 steps goes on to 80,000).
     */
    static final double LARGEST = Math.exp(5.1);

    /** {@code steps} values of σ from the largest to the smallest. */
    abstract double[] sigmas(NoiseSchedule schedule, int steps);

    static double largest(NoiseSchedule schedule) {
        return Math.min(LARGEST, schedule.sigmaMax());
    }

    static double[] spread(int steps, DoubleUnaryOperator sigma) {
        return IntStream.range(0, steps)
                .mapToDouble(i -> sigma.applyAsDouble(i / (steps - 1.0)))
                .toArray();
    }
}
