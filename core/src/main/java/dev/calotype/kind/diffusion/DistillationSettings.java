package dev.calotype.kind.diffusion;

import dev.calotype.settings.Check;

/**
 * How a model learns to draw in few steps what its base, {@code training.tune.from}, draws in many (progressive distillation, Salimans and
 * Ho 2022).
 *
 * @param steps that it is to draw in; 0 where it learns from pictures as usual
 * @param substeps of the base that each of them stands for
 */
public record DistillationSettings(int steps, int substeps) {
    public DistillationSettings {
        Check.range("distillation.steps", steps, 0, 1000);
        Check.range("distillation.substeps", substeps, 2, 100);
    }

    /** Whether it learns of a base. */
    boolean used() {
        return steps > 0;
    }
}
