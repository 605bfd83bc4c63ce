package dev.calotype.sampling;

import dev.calotype.diffusion.NoiseLevel;

/** A sampler that goes from level to level of a walk, with a call at each unless it says otherwise. */
interface WalkSampler extends StepwiseSampler {
    /** The levels. */
    Walk walk();

    @Override
    default NoiseLevel first() {
        return walk().first();
    }

    @Override
    default double start() {
        return walk().start();
    }

    @Override
    default int calls() {
        return walk().steps();
    }
}
