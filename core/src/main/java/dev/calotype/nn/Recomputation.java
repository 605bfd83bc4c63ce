package dev.calotype.nn;

import dev.calotype.tensor.Recomputed;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network keeps of its forward pass for the backward pass. A network calls its stages through {@link #apply} and
 * need not know more. Results and gradients do not depend on the choice, dropout included.
 */
public final class Recomputation {
    /** When results within a stage are computed a second time. */
    public enum Policy {
        /** Everything is kept: the fastest. */
        NEVER,
        /** Only the inputs of each stage are kept: a step takes about a third more time and a fraction of the memory. */
        ALWAYS
    }

    private final Dropout dropout;
    private Policy policy = Policy.NEVER;

    /** @param dropout of all the stages */
    public Recomputation(Dropout dropout) {
        this.dropout = dropout;
    }

    /** Chooses for the forward passes to come. */
    public void policy(Policy choice) {
        policy = choice;
    }

    /** {@code stage} of {@code inputs}; what it makes besides, and no backward pass wants, is freed. */
    public Tensor apply(Recomputed.Function stage, Tensor... inputs) {
        if (!GradMode.is_enabled()) return Scope.tidy(() -> stage.of(inputs));
        return policy == Policy.NEVER ? Recomputed.kept(stage, inputs) : Recomputed.apply(new SameMasks(stage), inputs);
    }

    /** A stage whose every call draws the dropout masks of the first. */
    private final class SameMasks implements Recomputed.Function {
        private final Recomputed.Function stage;
        private final long first = dropout.position();

        SameMasks(Recomputed.Function stage) {
            this.stage = stage;
        }

        @Override
        public Tensor of(Tensor... inputs) {
            long before = dropout.position();
            dropout.seek(first);
            Tensor result = stage.of(inputs);
            dropout.seek(Math.max(before, dropout.position()));
            return result;
        }
    }
}
