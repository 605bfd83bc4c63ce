package dev.calotype.train;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Trains a network to undo one step of a diffusion process. */
public final class DiffusionObjective implements Objective<DiffusionNetwork> {
    /** What of a batch is learned. */
    @FunctionalInterface
    public interface Subject {
        /** The clean tensors on {@code device}, fp32 (N, C, H, W), in the caller's scope. */
        Tensor of(Batch batch, Device device);

        /** The numbers of a column, such as {@link dev.calotype.column.Columns#LATENT}. */
        static Subject column(String name) {
            return (batch, device) -> batch.floats(name, device);
        }
    }

    private final DiffusionLoss loss;
    private final TimestepSampler timesteps;
    private final Conditioning conditioning;
    private final Subject subject;
    private final Optional<NonLeakingAugmentation> augmentation;

    /** Learns the images of batches. */
    public DiffusionObjective(DiffusionLoss loss, TimestepSampler timesteps, Conditioning conditioning) {
        this(loss, timesteps, conditioning, Batch::images, Optional.empty());
    }

    /** @param augmentation what is done to the subject before it is learned */
    public DiffusionObjective(
            DiffusionLoss loss,
            TimestepSampler timesteps,
            Conditioning conditioning,
            Subject subject,
            Optional<NonLeakingAugmentation> augmentation) {
        this.loss = loss;
        this.timesteps = timesteps;
        this.conditioning = conditioning;
        this.subject = subject;
        this.augmentation = augmentation;
    }

    /** What the network is to be asked about a batch, one entry per image. */
    private record Question(Tensor clean, Tensor eps, TimestepSampler.Draw draw, Condition condition) {
        Question slice(int from, int to) {
            return new Question(
                    clean.narrow(0, from, to - from),
                    eps.narrow(0, from, to - from),
                    draw.slice(from, to),
                    condition.slice(from, to));
        }

        Tensor weighted(Tensor losses) {
            return losses.mul(Tensors.perSample(draw.weights(), losses)); // (N)
        }
    }

    @Override
    public BatchLoss loss(DiffusionNetwork network, Batch batch, Rng rng) {
        Question question = question(network, batch, rng);
        Tensor losses = losses(network, question); // (N)
        double[] values = Tensors.doubles(losses);
        return new BatchLoss(question.weighted(losses).mean(), () -> timesteps.update(question.draw.t(), values));
    }

    /**
     * The value of {@link #loss}, computed without gradients and for at most {@code atOnce} images at a time, to save
     * memory. Each image gets the noise that it would get otherwise.
     */
    public double value(DiffusionNetwork network, Batch batch, Rng rng, int atOnce) {
        return Scope.read(() -> {
            Question question = question(network, batch, rng);
            int count = batch.count();
            double sum = 0;
            for (int from = 0; from < count; from += atOnce) {
                Question part = question.slice(from, Math.min(count, from + atOnce));
                sum += Scope.read(
                        () -> part.weighted(losses(network, part)).sum().item_double());
            }
            return sum / count;
        });
    }

    private Question question(DiffusionNetwork network, Batch batch, Rng rng) {
        TimestepSampler.Draw draw = timesteps.draw(batch.count(), rng.fork(0));
        Tensor clean = subject.of(batch, Device.of(network)); // (N, C, H, W)
        Tensor eps = rng.fork(1).normalLike(clean); // (N, C, H, W)
        Condition condition = conditioning.of(batch, rng.fork(2));
        network.reseed(rng.fork(3).nextLong());
        if (augmentation.isEmpty()) return new Question(clean, eps, draw, condition);
        NonLeakingAugmentation.Changed changed = augmentation.get().of(clean, rng.fork(4));
        return new Question(changed.images(), eps, draw, condition.with(Columns.CHANGES, changed.changes()));
    }

    private Tensor losses(DiffusionNetwork network, Question question) {
        return loss.terms(
                        (x, t) -> network.forward(x, t, question.condition),
                        question.clean,
                        question.eps,
                        question.draw.t())
                .total(); // (N)
    }
}
