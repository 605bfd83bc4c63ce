package dev.calotype.collective;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The outer steps of {@link Distributed.Method#DILOCO}: how far all ranks have come since the last one, as a gradient for Nesterov's descent. */
public final class OuterDescent implements AutoCloseable {
    private final Ranks ranks;
    private final Distributed settings;
    private final Tensor start; // of the round
    private final Tensor velocity;

    /** @param weights fp32, one-dimensional; those that the first round begins with */
    public OuterDescent(Tensor weights, Ranks ranks, Distributed settings) {
        this.ranks = ranks;
        this.settings = settings;
        start = Scope.keep(() -> weights.clone());
        velocity = Scope.keep(() -> torch.zeros_like(weights));
    }

    /** Puts the mean over all ranks in place of a tensor, the same bits everywhere. */
    public void average(Tensor tensor) {
        ranks.sum(tensor);
        Scope.read(() -> tensor.div_(new Scalar((double) ranks.world())));
    }

    /**
     * Puts what all ranks go on with in place of what each has come to.
     *
     * @throws LostRanksException if another one does not take part
     */
    public void step(Tensor weights) {
        average(weights);
        Scope.read(() -> {
            Tensor back = start.sub(weights);
            velocity.mul_(new Scalar(settings.outerMomentum())).add_(back);
            back.add_(velocity, new Scalar(settings.outerMomentum()));
            start.sub_(back, new Scalar(settings.outerLearningRate()));
            weights.copy_(start);
            return null;
        });
    }

    /** The weights that were restored are those that a round begins with. */
    public void begin(Tensor weights) {
        Scope.read(() -> start.copy_(weights));
    }

    /** What is remembered of earlier outer steps, one value for each weight. */
    public Tensor velocity() {
        return velocity;
    }

    @Override
    public void close() {
        start.close();
        velocity.close();
    }
}
