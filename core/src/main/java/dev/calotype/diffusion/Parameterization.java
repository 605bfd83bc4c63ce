package dev.calotype.diffusion;

/** What the network predicts of x = signal·x₀ + noise·ε: each is a linear view of the same image. */
public enum Parameterization {
    /** The noise ε (Ho et al. 2020). Says nothing where no signal is left. */
    EPSILON {
        @Override
        double cleanFromNoisy(NoiseLevel level) {
            return 1 / level.signal();
        }

        @Override
        double cleanFromOutput(NoiseLevel level) {
            return -level.sigma();
        }

        @Override
        double targetFromClean(NoiseLevel level) {
            return 0;
        }

        @Override
        double targetFromEps(NoiseLevel level) {
            return 1;
        }
    },
    /** The image x₀. */
    CLEAN {
        @Override
        double cleanFromNoisy(NoiseLevel level) {
            return 0;
        }

        @Override
        double cleanFromOutput(NoiseLevel level) {
            return 1;
        }

        @Override
        double targetFromClean(NoiseLevel level) {
            return 1;
        }

        @Override
        double targetFromEps(NoiseLevel level) {
            return 0;
        }
    },
    /** v = signal·ε − noise·x₀ (Salimans &amp; Ho 2022): good at both ends. */
    VELOCITY {
        @Override
        double cleanFromNoisy(NoiseLevel level) {
            return level.signal();
        }

        @Override
        double cleanFromOutput(NoiseLevel level) {
            return -level.noise();
        }

        @Override
        double targetFromClean(NoiseLevel level) {
            return -level.noise();
        }

        @Override
        double targetFromEps(NoiseLevel level) {
            return level.signal();
        }
    };

    /** a in x̂₀ = a·x + b·output. */
    abstract double cleanFromNoisy(NoiseLevel level);

    /** b in x̂₀ = a·x + b·output. */
    abstract double cleanFromOutput(NoiseLevel level);

    /** c in target = c·x₀ + d·ε. */
    abstract double targetFromClean(NoiseLevel level);

    /** d in target = c·x₀ + d·ε. */
    abstract double targetFromEps(NoiseLevel level);
}
