package dev.calotype.experiment;

import dev.calotype.collective.Distributed;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.train.Averaging;
import dev.calotype.train.GradientStep;
import dev.calotype.train.LearningRate;
import dev.calotype.train.Optimizer;
import dev.calotype.train.PowerProfile;
import dev.calotype.train.adapt.Adaptation;
import java.util.HashSet;
import java.util.List;

/**
 * How a network is trained. It ends after {@code steps} or {@code minutes}, whichever comes first; 0 means no limit.
 *
 * @param batch images per update
 * @param decay what the learning rate does after {@code warmup} steps; a cosine or a line ends where training does
 * @param optimizer how the weights follow their gradients
 * @param clip the largest gradient norm, 0 for any
 * @param accumulate parts in which a worker computes its share of a batch, to save memory
 * @param recompute whether the backward pass computes again what it needs of the forward pass, to save memory
 * @param patience how many checkpoints in a row may be no better than an earlier one before training ends; 0 for any number
 * @param ema decays of the weight averages kept; the first one is what samples are drawn with
 * @param snapshots how many times in a training the averages of {@link PowerProfile#KEPT} are kept, of which one of any length can be
 *     made afterwards; 0 for none
 * @param device where the network is trained
 * @param workers replicas that share a batch, one thread each; 0 for one per core, but at most one per four images of a
 *     batch; on a GPU there is always one
 * @param checkpointSeconds how often a checkpoint is written
 * @param keep how many checkpoints are kept beside the best
 * @param tune what is begun with, and what of it learns
 * @param distributed what several processes tell each other, if several share the training
 */
public record TrainingSettings(
        long steps,
        double minutes,
        int batch,
        double learningRate,
        long warmup,
        LearningRate.Decay decay,
        Optimizer optimizer,
        double weightDecay,
        double beta2,
        double clip,
        int accumulate,
        RecomputeChoice recompute,
        int patience,
        List<Double> ema,
        int snapshots,
        DeviceChoice device,
        PrecisionChoice precision,
        int workers,
        double checkpointSeconds,
        int keep,
        Tuning tune,
        Distributed distributed) {
    /** The element type of the network, or the fastest of the device. */
    public enum PrecisionChoice {
        AUTO,
        FP32,
        BF16;

        /** The precision that this means on {@code device}. */
        public Precision resolve(Device device) {
            return this == AUTO ? Precision.best(device) : Precision.valueOf(name());
        }
    }

    /** When memory is saved at the price of time. */
    public enum RecomputeChoice {
        NEVER,
        ALWAYS,
        /** When the estimate exceeds the free memory otherwise. */
        AUTO
    }

    public TrainingSettings {
        Check.range("steps", steps, 0, 1e9);
        Check.range("minutes", minutes, 0, 1e6);
        Check.that(steps > 0 || minutes > 0, "steps or minutes must be above 0", steps + " and " + minutes);
        Check.range("batch", batch, 1, 65_536);
        Check.range("warmup", warmup, 0, 1e9);
        Check.range("checkpointSeconds", checkpointSeconds, 0, 1e6);
        Check.range("keep", keep, 1, 1000);
        Check.range("patience", patience, 0, 1_000_000);
        Check.range("snapshots", snapshots, 0, 1000);
        Check.range("workers", workers, 0, 256);
        Check.that(!ema.isEmpty(), "ema must name at least one decay", ema);
        ema = List.copyOf(ema);
        for (double each : ema) Check.that(each >= 0 && each < 1, "every decay of ema must be in [0, 1)", each);
        Check.that(new HashSet<>(ema).size() == ema.size(), "the decays of ema must differ", ema);
        Check.that(Double.isFinite(weightDecay), "weightDecay must be finite", weightDecay);
        Check.that(Double.isFinite(clip), "clip must be finite", clip);
        Check.that(snapshots == 0 || !tune.keepsBase(), "snapshots must be 0 where tune.method is not full", snapshots);
        new LearningRate(learningRate, warmup, decay);
        new GradientStep.Options(optimizer, weightDecay, beta2, clip, accumulate, averaging(ema, snapshots))
                .with(tune.shares())
                .with(distributed);
        Check.that(
                !distributed.sharded() || tune.method() == Adaptation.Method.FULL,
                "distributed.method must be data-parallel or diloco where tune.method is not full",
                "zero-1");
        int every = distributed.every();
        Check.that(steps % every == 0, "steps must be a multiple of distributed.every, " + every, steps);
    }

    public GradientStep.Options options() {
        return new GradientStep.Options(optimizer, weightDecay, beta2, clip, accumulate, averaging(ema, snapshots))
                .with(tune.shares())
                .with(distributed);
    }

    private static Averaging averaging(List<Double> ema, int snapshots) {
        return new Averaging(ema, snapshots > 0 ? PowerProfile.KEPT : List.of());
    }

    /** How many numbers per weight are kept beside {@link MemoryEstimate#COPIES}. */
    public int extraCopies() {
        int outer = distributed.apart() ? 2 : 0;
        return outer + optimizer.extraCopies() + ema.size() + (snapshots > 0 ? PowerProfile.KEPT.size() : 0);
    }

    /** How many numbers per weight replicas keep of the gradients of {@code parts}: in bf16, of all but the last, one each. */
    public int partCopies(int parts) {
        return parts > 1 && placement().precision() == Precision.BF16 ? sharing(batch) : 0;
    }

    public LearningRate rate() {
        return new LearningRate(learningRate, warmup, decay);
    }

    /**
     * Where and in what precision this machine trains.
     *
     * @throws IllegalArgumentException if it lacks the device
     */
    public Placement placement() {
        Device resolved = device.resolve();
        return new Placement(resolved, precision.resolve(resolved));
    }

    /** A GPU is kept busy by one replica; a processor by one per core. */
    public int resolvedWorkers(Device on) {
        return resolvedWorkers(on, Runtime.getRuntime().availableProcessors());
    }

    /** {@link #resolvedWorkers(Device)} where so many cores of a processor may be used. */
    public int resolvedWorkers(Device on, int cores) {
        if (on.isCuda()) return 1;
        return workers > 0 ? workers : Math.max(1, Math.min(cores, batch / 4));
    }

    /** How many workers of a processor share {@code images} images. */
    public int sharing(int images) {
        return Math.min(resolvedWorkers(Device.CPU), images);
    }

    /** The most of {@code images} images that one worker of a processor gets. */
    public int largestShard(int images) {
        int used = sharing(images);
        return (images + used - 1) / used;
    }

    /** The most images that one worker of a processor computes at once if it takes its share in {@code parts}. */
    public int largestPart(int parts) {
        return (largestShard(batch) + parts - 1) / parts;
    }

    /** The most images that one worker of a processor computes at once. */
    public int largestPart() {
        return largestPart(accumulate);
    }

    /** The fewest images that one worker of a processor computes at once. */
    public int smallestPart() {
        return batch / sharing(batch) / accumulate;
    }

    /** The share of the training done after {@code step} steps and {@code seconds}, 0..1. */
    public double progress(long step, double seconds) {
        double bySteps = steps > 0 ? (double) step / steps : 0;
        double byTime = minutes > 0 ? seconds / (60 * minutes) : 0;
        return Math.min(1, Math.max(bySteps, byTime));
    }

    /** Whether the last {@code patience} of the milestones are no better than one before. */
    public boolean stalled(List<Milestone> milestones) {
        return patience > 0 && Milestone.sinceBest(milestones) >= patience;
    }

    /**
     * Refuses what would do nothing in a training.
     *
     * @throws IllegalArgumentException if there are more workers than images, or more parts than a worker has images
     */
    public void requireUse() {
        Check.that(workers <= batch, "training.workers must be at most training.batch, " + batch, workers);
        int share = largestShard(batch);
        Check.that(
                accumulate <= share,
                "training.accumulate must be at most the images that a worker has of a batch, " + share,
                accumulate);
    }

    /** What ends a training. */
    public enum Limit {
        STEPS,
        MINUTES,
        PATIENCE
    }

    /** The limit that a training has reached which ended after {@code step} steps and left {@code milestones}. */
    public Limit limit(long step, List<Milestone> milestones) {
        if (steps > 0 && step >= steps) return Limit.STEPS;
        return stalled(milestones) ? Limit.PATIENCE : Limit.MINUTES;
    }

    /** A limit in words, such as {@code 250 steps}. */
    public String words(Limit limit) {
        return switch (limit) {
            case STEPS -> steps + (steps == 1 ? " step" : " steps");
            case MINUTES ->
                (minutes == Math.rint(minutes) ? String.valueOf((long) minutes) : String.valueOf(minutes)) + " minutes";
            case PATIENCE ->
                "patience, " + patience + (patience == 1 ? " checkpoint" : " checkpoints") + " no better than before";
        };
    }

    /** The value of a recipe with which a training that has ended by {@code limit} after {@code step} steps goes on for long. */
    public String longer(Limit limit, long step) {
        return switch (limit) {
            case STEPS -> "training.steps=" + 2 * step;
            case MINUTES -> "training.minutes=" + (long) Math.ceil(2 * minutes);
            case PATIENCE -> "training.patience=0";
        };
    }
}
