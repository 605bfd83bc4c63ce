package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
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
     * The plan for a training that begins now; none on a GPU, whose memory is its own.
     *
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    public static Optional<MemoryPlan> of(Experiment experiment) {
        if (experiment.training().placement().device().isCuda()) return Optional.empty();
        return Kinds.of(experiment).memory(experiment);
    }

    /** {@link #of(Experiment)} where what is learned from is open. */
    public static Optional<MemoryPlan> of(Experiment experiment, ImageDataset data) {
        if (experiment.training().placement().device().isCuda()) return Optional.empty();
        return Kinds.of(experiment).memory(experiment, data);
    }

    /**
     * The plan of an estimate.
     *
     * @param advice asked for if the estimate does not fit
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    public static MemoryPlan of(MemoryEstimate estimate, Policy policy, Supplier<String> advice) {
        long total = ProcessMemory.total();
        Check.that(
                estimate.weights() < total,
                "the network is too large for the " + (total >> 20)
                        + " MB of this machine; weights, optimizer and averages need MB",
                estimate.weights() >> 20);
        String wanted = estimate.fits() ? "" : advice.get();
        return new MemoryPlan(estimate, policy, ProcessMemory.available(), wanted);
    }

    /** One sentence for people. */
    @Override
    public String toString() {
        String need = "Memory: about " + estimate + " at the peak, " + (free >> 20) + " MB are free";
        if (!advice.isEmpty()) return need + ": too little; " + advice;
        return policy == Policy.NEVER ? need : need + "; results are computed twice to save memory";
    }
}
