package dev.calotype.experiment;

import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.gan.GanExperiment;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Check;
import dev.calotype.tensor.ProcessMemory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a training is expected to need of this machine's memory, and what follows from it.
 *
 * @param policy whether the training recomputes: as the recipe says, or because nothing else fits
 * @param free bytes that could be had when the plan was made
 * @param advice what to set so that the training fits; empty if it fits
 */
public record MemoryPlan(MemoryEstimate estimate, Policy policy, long free, String advice) {
    /**
     * The plan for a training that begins now; none for a judge, which is small, and none on a GPU, whose memory
     * is its own.
     *
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    public static Optional<MemoryPlan> of(Experiment experiment) {
        if (experiment.training().placement().device().isCuda()) return Optional.empty();
        if (experiment instanceof DiffusionExperiment diffusion) return Optional.of(diffusion(diffusion));
        if (experiment instanceof GanExperiment gan) return Optional.of(gan(gan));
        return Optional.empty();
    }

    private static MemoryPlan diffusion(DiffusionExperiment experiment) {
        Policy policy = MemoryEstimate.policy(experiment);
        int parts = experiment.training().accumulate();
        MemoryEstimate estimate = MemoryEstimate.steps(experiment, policy, parts);
        return plan(estimate, policy, () -> advice(experiment, policy));
    }

    private static MemoryPlan gan(GanExperiment experiment) {
        MemoryEstimate estimate =
                MemoryEstimate.steps(experiment, experiment.training().batch());
        return plan(estimate, Policy.NEVER, () -> advice(experiment));
    }

    private static MemoryPlan plan(MemoryEstimate estimate, Policy policy, Supplier<String> advice) {
        long total = ProcessMemory.total();
        Check.that(
                estimate.weights() < total,
                "the network is too large for the " + (total >> 20)
                        + " MB of this machine; weights, optimizer and averages need MB",
                estimate.weights() >> 20);
        String wanted = estimate.fits() ? "" : advice.get();
        return new MemoryPlan(estimate, policy, ProcessMemory.available(), wanted);
    }

    private static String advice(DiffusionExperiment experiment, Policy policy) {
        TrainingSettings training = experiment.training();
        String recompute = policy == Policy.NEVER ? "set training.recompute=always" : "";
        for (int parts = training.accumulate(); parts <= training.largestShard(training.batch()); parts *= 2) {
            if (!MemoryEstimate.steps(experiment, Policy.ALWAYS, parts).fits()) continue;
            if (parts == training.accumulate()) return recompute;
            return (recompute.isEmpty() ? "set " : recompute + " and ") + "training.accumulate=" + parts;
        }
        return "use fewer network.channels, a smaller data.size or training.workers=1, or free some memory";
    }

    private static String advice(GanExperiment experiment) {
        int smallest = Math.max(2, experiment.training().workers());
        for (int batch = experiment.training().batch() / 2; batch >= smallest; batch /= 2)
            if (MemoryEstimate.steps(experiment, batch).fits()) return "set training.batch=" + batch;
        return "use a smaller network, a smaller data.size or training.workers=1, or free some memory";
    }

    /** One sentence for people. */
    @Override
    public String toString() {
        String need = "Memory: about " + estimate + " at the peak, " + (free >> 20) + " MB are free";
        if (!advice.isEmpty()) return need + ": too little; " + advice;
        return policy == Policy.NEVER ? need : need + "; results are computed twice to save memory";
    }
}
