package dev.calotype.train;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.DiffusionLoss.Lesson;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.mixing.NonLeakingAugmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    /**
     * What a network sees of a batch and is told of it.
     *
     * @param clean fp32 (N, C, H, W), before any noise
     */
    public record Shown(Tensor clean, Condition condition) {}

    /**
     * How batches are shown.
     *
     * @param augmentation what is done to samples, and told
     */
    public record Way(Subject subject, Conditioning conditioning, Optional<NonLeakingAugmentation> augmentation) {
        /** The same with samples as they are. */
        public Way unchanged() {
            return new Way(subject, conditioning, Optional.empty());
        }

        /**
         * A batch in the caller's scope.
         *
         * @param rng of the whole question: its forks 2 and 4 are drawn from
         */
        public Shown of(Batch batch, Device device, Rng rng) {
            Tensor clean = subject.of(batch, device); // (N, C, H, W)
            Condition condition = conditioning.of(batch, rng.fork(2));
            if (augmentation.isEmpty()) return new Shown(clean, condition);
            NonLeakingAugmentation.Changed changed = augmentation.get().of(clean, rng.fork(4));
            return new Shown(changed.images(), condition.with(Columns.CHANGES, changed.changes()));
        }
    }

    private final DiffusionLoss loss;
    private final TimestepSampler timesteps;
    private final Way way;
    private final Teacher teacher; // null for none

    /** A frozen network that is told of images. */
    @FunctionalInterface
    public interface Teacher {
        NoisePredictor told(Condition condition);
    }

    /** Learns the images of batches. */
    public DiffusionObjective(DiffusionLoss loss, TimestepSampler timesteps, Conditioning conditioning) {
        this(loss, timesteps, new Way(Batch::images, conditioning, Optional.empty()));
    }

    /** Learns what is shown of batches. */
    public DiffusionObjective(DiffusionLoss loss, TimestepSampler timesteps, Way way) {
        this(loss, timesteps, way, null);
    }

    private DiffusionObjective(DiffusionLoss loss, TimestepSampler timesteps, Way way, Teacher teacher) {
        this.loss = loss;
        this.timesteps = timesteps;
        this.way = way;
        this.teacher = teacher;
    }

    /** The same that learns of {@link dev.calotype.column.Columns#REHEARSED} samples what a teacher predicts. */
    public DiffusionObjective taughtBy(Teacher taught) {
        return new DiffusionObjective(loss, timesteps, way, taught);
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
        Batch sorted = teacher == null ? batch : sorted(batch);
        Question question = question(network, sorted, rng);
        Lesson lesson = teacher == null ? null : lesson(sorted, question.condition);
        Tensor losses = losses(network, question, lesson); // (N)
        double[] values = Tensors.doubles(losses);
        return new BatchLoss(question.weighted(losses).mean(), () -> timesteps.update(question.draw.t(), values));
    }

    /**
     * The value of {@link #loss}, computed without gradients and for at most {@code atOnce} images at a time, to save
     * memory. Each image gets the noise that it would get otherwise, and is held against what is true of it.
     */
    public double value(DiffusionNetwork network, Batch batch, Rng rng, int atOnce) {
        return Scope.read(() -> {
            Question question = question(network, batch, rng);
            int count = batch.count();
            double sum = 0;
            for (int from = 0; from < count; from += atOnce) {
                Question part = question.slice(from, Math.min(count, from + atOnce));
                sum += Scope.read(
                        () -> part.weighted(losses(network, part, null)).sum().item_double());
            }
            return sum / count;
        });
    }

    private Question question(DiffusionNetwork network, Batch batch, Rng rng) {
        TimestepSampler.Draw draw = timesteps.draw(batch.count(), rng.fork(0));
        Shown shown = way.of(batch, Device.of(network), rng);
        Tensor clean = shown.clean(); // (N, C, H, W)
        Tensor eps = rng.fork(1).normalLike(clean); // (N, C, H, W)
        network.reseed(rng.fork(3).nextLong());
        return new Question(clean, eps, draw, shown.condition());
    }

    /** What is rehearsed last. */
    private static Batch sorted(Batch batch) {
        int[] rehearsed = rehearsed(batch);
        List<Columns> rows = new ArrayList<>();
        for (int which = 0; which < 2; which++)
            for (int i = 0; i < rehearsed.length; i++)
                if (rehearsed[i] == which) rows.add(batch.columns().rows(i, i + 1));
        return new Batch(Columns.join(rows));
    }

    private static int[] rehearsed(Batch batch) {
        return batch.columns().get(Columns.REHEARSED, Column.Numbers.class).values();
    }

    private Lesson lesson(Batch sorted, Condition condition) {
        int count = sorted.count();
        int from = count - Arrays.stream(rehearsed(sorted)).sum();
        return from == count ? null : new Lesson(from, teacher.told(condition.slice(from, count)));
    }

    private Tensor losses(DiffusionNetwork network, Question question, Lesson lesson) {
        return loss.terms(
                        (x, t) -> network.forward(x, t, question.condition),
                        lesson,
                        question.clean,
                        question.eps,
                        question.draw.t())
                .total(); // (N)
    }
}
