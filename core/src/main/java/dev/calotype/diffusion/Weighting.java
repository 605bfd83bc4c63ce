package dev.calotype.diffusion;

/** How much the squared error at a noise level counts. */
@FunctionalInterface
public interface Weighting {
    /** The weight of the squared error of what {@code parameterization} predicts. */
    double weight(NoiseLevel level, Parameterization parameterization);

    /** Every level counts the same. */
    static Weighting uniform() {
        return new Uniform();
    }

    /** Min-SNR-γ (Hang et al. 2023): min(SNR, γ) on the error of x₀, the same thing in the other views; γ = 5. */
    static Weighting minSnr(double gamma) {
        return new MinSnr(gamma);
    }

    /** {@link #uniform}. */
    record Uniform() implements Weighting {
        @Override
        public double weight(NoiseLevel level, Parameterization parameterization) {
            return 1;
        }
    }

    /** {@link #minSnr}. */
    record MinSnr(double gamma) implements Weighting {
        public MinSnr {
            if (!(gamma > 0)) throw new IllegalArgumentException("gamma must be positive: " + gamma);
        }

        @Override
        public double weight(NoiseLevel level, Parameterization parameterization) {
            double cleanPerOutput = parameterization.cleanFromOutput(level);
            return Math.min(level.snr(), gamma) * cleanPerOutput * cleanPerOutput;
        }
    }
}
