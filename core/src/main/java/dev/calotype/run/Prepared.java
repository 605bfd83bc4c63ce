package dev.calotype.run;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainingSettings.RecomputeChoice;
import dev.calotype.experiment.tune.Start;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.nn.Recomputation.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A training that can begin.
 *
 * @param plan none on a GPU, whose memory is its own
 */
record Prepared(Participant participant, Optional<MemoryPlan> plan, Task<?> task) {
    /**
     * With the plan of its kind, or that of a {@link MemoryCount}.
     *
     * @param run where it is, or will be
     * @throws IOException if what it begins with cannot be read
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    static Prepared of(Participant participant, Path run) throws IOException {
        Experiment experiment = participant.experiment();
        Optional<MemoryPlan> plan = MemoryPlan.of(experiment, participant.data());
        Task<?> task = Kinds.of(experiment).task(experiment, policy(experiment, plan), participant.data(), run);
        if (plan.isEmpty() && !participant.placement().device().isCuda()) {
            Experiment largest = Kinds.of(experiment).largest(experiment);
            Task<?> counted = largest.equals(experiment)
                    ? task
                    : Kinds.of(largest).task(largest, policy(experiment, plan), participant.data(), run);
            plan = Optional.of(MemoryCount.plan(participant, counted, start(participant, run)));
        }
        return new Prepared(participant, plan, task);
    }

    /** What decides which weights learn. */
    private static Start start(Participant participant, Path run) throws IOException {
        Experiment experiment = participant.experiment();
        Tuning tuning = experiment.training().tune();
        if (!tuning.keepsBase() || Kinds.of(experiment).readsBase()) return Start.FRESH;
        return Base.of(experiment, run).start(tuning, participant.adapters());
    }

    /** Whether networks recompute: as the plan says, or as the recipe does. */
    static Policy policy(Experiment experiment, Optional<MemoryPlan> plan) {
        Policy asked = experiment.training().recompute() == RecomputeChoice.ALWAYS ? Policy.ALWAYS : Policy.NEVER;
        return plan.map(MemoryPlan::policy).orElse(asked);
    }
}
