package dev.calotype.sampling;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** The loop of every sampler: a scope per step, in which only the state survives. */
final class Steps {
    private Steps() {}

    /** One step: the state before to the state after; a state may have empty (null) places. */
    @FunctionalInterface
    interface Step {
        Tensor[] apply(Tensor[] state, int i);
    }

    /** One step of a state that is an image. */
    @FunctionalInterface
    interface ImageStep {
        Tensor apply(Tensor x, int i);
    }

    /** The image after steps 0..count-1. */
    static Tensor run(Tensor start, int count, ImageStep step) {
        return run(new Tensor[] {start}, count, (state, i) -> new Tensor[] {step.apply(state[0], i)});
    }

    /** The first place of the state after steps 0..count-1. */
    static Tensor run(Tensor[] start, int count, Step step) {
        return Scope.inference(() -> {
            Tensor[] state = start;
            for (int i = 0; i < count; i++) {
                Tensor[] before = state;
                int index = i;
                state = Scope.tidyAll(() -> step.apply(before, index));
                if (i > 0) for (Tensor x : before) if (x != null) x.close();
            }
            return state[0];
        });
    }
}
