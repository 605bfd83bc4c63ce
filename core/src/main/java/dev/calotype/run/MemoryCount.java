package dev.calotype.run;

import dev.calotype.collective.Ranks;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.experiment.tune.Start;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.LiveTensors;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Learner;

/**
 * What a training needs of the memory whose kind does not count it: one worker makes steps of few samples and one of twice as many,
 * and is thrown away. What the last keeps beyond the one before, shared among the samples that it has more, is what a sample costs.
 */
final class MemoryCount {
    private static final double FRAGMENTATION = 1.15; // what the allocator takes for tensors over their bytes
    private static final int IN_USE = 4; // tensors as large as the largest that a backward pass handles at once
    private static final int FEW = 4; // samples: of pairs some kinds make more than of one
    private static final int PACKED = 2; // bytes of a weight that is packed once more where bf16 draws

    private final Experiment experiment;
    private final MemoryEstimate bare;
    private final double sample, other;

    private MemoryCount(Experiment experiment, MemoryEstimate bare, double sample, double other) {
        this.experiment = experiment;
        this.bare = bare;
        this.sample = sample;
        this.other = other;
    }

    /**
     * The plan of a training that begins now.
     *
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    static MemoryPlan plan(Participant participant, Task<?> task, Start start) {
        return plan(participant, task, start, ProcessMemory.total());
    }

    /** @param machine bytes that it has */
    static MemoryPlan plan(Participant participant, Task<?> task, Start start, long machine) {
        requireHeld(participant.experiment(), task, machine);
        MemoryCount count = of(participant, task, start);
        ProcessMemory.giveBack();
        TrainingSettings training = participant.experiment().training();
        return MemoryPlan.of(count.steps(training.batch()), Policy.NEVER, count::advice);
    }

    /** Makes the network alone, and none of which a layer is too much. */
    private static void requireHeld(Experiment experiment, Task<?> task, long machine) {
        long each = each(experiment.training());
        String refusal = "the network is too large for the " + (machine >> 20)
                + " MB of this machine: weights, optimizer and averages need " + each
                + " bytes for each weight, and it has more than " + machine / each;
        Scope.Owned<?> made = Allowance.atMost(
                machine / each, refusal, () -> Scope.own(() -> task.network(Rng.of(experiment.seed()))));
        made.close();
    }

    /** Bytes that a weight needs in all its forms. */
    private static long each(TrainingSettings training) {
        boolean packs = training.placement().precision() == Precision.BF16;
        return Float.BYTES * (MemoryEstimate.COPIES + training.extraCopies()) + (packs ? PACKED : 0);
    }

    private static MemoryCount of(Participant participant, Task<?> task, Start start) {
        Experiment experiment = participant.experiment();
        TrainingSettings training = experiment.training();
        Rng rng = Rng.of(experiment.seed());
        Task.Setting setting =
                new Task.Setting(training, participant.placement(), 1, step -> 0, rng, rng, start, Ranks.ALONE);
        int parts = training.accumulate();
        Batches.Plan plan = Batches.Plan.of(FEW * 2 * parts, experiment.seed())
                .tolerating(experiment.data().corruptTolerance());
        try (Scope.Owned<Learner> made = Scope.own(() -> task.learner(setting));
                Learner learner = made.value();
                Batches batches =
                        new Batches(participant.data(), experiment.data().preparation(), plan)) {
            Scope.run(() ->
                    learner.restore(learner.state(), Integer.MAX_VALUE)); // where all takes part that begins later
            Batch twice = batches.next();
            Batch once = twice.first(FEW * parts);
            LiveTensors live = new LiveTensors(() -> learner.run(once));
            LiveTensors.Count first = live.of(() -> learner.run(once));
            LiveTensors.Count second = live.of(() -> learner.run(twice));
            long weights = learner.parameterCount();
            double sample = (second.most() - first.most() + IN_USE * (double) (second.widest() - first.widest())) / FEW;
            double other = Math.max(0, 2.0 * first.most() - second.most());
            MemoryEstimate bare = new MemoryEstimate(0, each(training) * weights, (long) Float.BYTES * weights, 0);
            return new MemoryCount(experiment, bare, Math.max(0, sample), other);
        }
    }

    /** With so many samples in a batch. */
    private MemoryEstimate steps(int batch) {
        TrainingSettings training = experiment.training();
        int parts = training.accumulate();
        double part = Math.ceil((double) training.largestShard(batch) / parts);
        double results = training.sharing(batch) * (part * sample + bare.results()) + other;
        return new MemoryEstimate(
                MemoryEstimate.ofWarmProcess(),
                bare.weights(),
                (long) (FRAGMENTATION * results),
                MemoryEstimate.ahead(experiment, batch));
    }

    private String advice() {
        TrainingSettings training = experiment.training();
        int smallest = Math.max(2, training.workers() * training.accumulate());
        for (int batch = training.batch() / 2; batch >= smallest; batch /= 2)
            if (steps(batch).fits()) return "set training.batch=" + batch;
        return "use a smaller network, a smaller data.size or training.workers=1, or free some memory";
    }
}
