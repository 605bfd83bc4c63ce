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
    },
    /** ε − x₀, the straight way from noise to image of rectified flow (Liu et al. 2023; Lipman et al. 2023). */
    FLOW {
        @Override
        double cleanFromNoisy(NoiseLevel level) {
            return 1 / (level.signal() + level.noise());
        }

        @Override
        double cleanFromOutput(NoiseLevel level) {
            return -level.noise() / (level.signal() + level.noise());
        }

        @Override
        double targetFromClean(NoiseLevel level) {
            return -1;
        }

        @Override
        double targetFromEps(NoiseLevel level) {
            return 1;
        }
    },
    /**
     * What x₀ lacks of its best linear guess from x, and x as the network sees it, both scaled to unit variance for images of
     * deviation 0.5 (Karras et al. 2022, table 1).
     */
    EDM {
        private static final double DATA = 0.5;

        private static double deviation(NoiseLevel level) {
            return Math.hypot(level.noise(), DATA * level.signal());
        }

        @Override
        double inputScale(NoiseLevel level) {
            return 1 / deviation(level);
        }

        @Override
        double cleanFromNoisy(NoiseLevel level) {
            return DATA * DATA * level.signal() / (deviation(level) * deviation(level));
        }

        @Override
        double cleanFromOutput(NoiseLevel level) {
            return DATA * level.noise() / deviation(level);
        }

        @Override
        double targetFromClean(NoiseLevel level) {
            return level.noise() / (DATA * deviation(level));
        }

        @Override
        double targetFromEps(NoiseLevel level) {
            return -DATA * level.signal() / deviation(level);
        }
    };

    /** The factor by which the network sees x. */
    double inputScale(NoiseLevel level) {
        return 1;
    }

    /** a in x̂₀ = a·x + b·output. */
    abstract double cleanFromNoisy(NoiseLevel level);

    /** b in x̂₀ = a·x + b·output. */
    abstract double cleanFromOutput(NoiseLevel level);

    /** c in target = c·x₀ + d·ε. */
    abstract double targetFromClean(NoiseLevel level);

    /** d in target = c·x₀ + d·ε. */
    abstract double targetFromEps(NoiseLevel level);
}
