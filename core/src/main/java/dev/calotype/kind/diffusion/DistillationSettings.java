package dev.calotype.kind.diffusion;

import dev.calotype.sampling.Timetable.Spacing;
import dev.calotype.settings.Check;

/**
 * How a model learns to draw in few steps what its base, {@code training.tune.from}, draws in many.
 *
 * @param steps the parts of the way that it is to take in one step each; 0 where it learns from pictures as usual
 * @param substeps of the base that each of them stands for
 * @param order of the base's steps: 1 for DDIM's, 2 to ask again where such a step leads, and to take it by the mean of both answers
 * @param guidance with which the base is asked; 1 for none
 * @param huber of {@link Method#CONSISTENCY}: errors well above it count as they are, those below by their squares
 */
public record DistillationSettings(Method method, int steps, int substeps, int order, double guidance, double huber) {
    /** What is learned of the base. */
    public enum Method {
        /** Where all its steps of a part lead (Salimans and Ho 2022). */
        PROGRESSIVE,
        /** To answer alike wherever the base is on its way through a part (Song et al. 2023; Heek et al. 2024). */
        CONSISTENCY
    }

    public DistillationSettings {
        Check.range("distillation.steps", steps, 0, 1000);
        Check.range("distillation.substeps", substeps, 2, 1000);
        Check.range("distillation.order", order, 1, 2);
        Check.range("distillation.guidance", guidance, 0, 100);
        Check.that(huber > 0 && huber <= 1000, "distillation.huber must be in (0, 1000]", huber);
    }

    /** Whether it learns of a base. */
    boolean used() {
        return steps > 0;
    }

    /** Whether one step leads from any noise to a picture, which may be noised anew and improved by another one. */
    boolean whole() {
        return method == Method.CONSISTENCY && steps == 1;
    }

    /** Steps of the base on its way from noise to a picture. */
    int taught() {
        return steps * substeps;
    }

    /** Refuses to draw with what the model has not learned. */
    void require(SamplingSettings sampling) {
        if (whole())
            Check.that(
                    sampling.method() == SamplingSettings.Method.LCM
                            && sampling.timetable().teacher() == substeps
                            && sampling.steps() <= substeps,
                    "sampling must be lcm, in at most " + substeps
                            + " steps of a timetable.teacher of as many, of a model that was distilled so",
                    sampling);
        else
            Check.that(
                    sampling.method() == SamplingSettings.Method.DDIM
                            && sampling.steps() == steps
                            && sampling.timetable().spacing() == Spacing.TRAILING
                            && sampling.eta() == 0,
                    "sampling must be ddim in the steps that are distilled, " + steps
                            + ", with timetable.spacing trailing and eta 0",
                    sampling);
    }
}
