package dev.calotype.run;

import dev.calotype.data.Batches;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.tune.Start;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Learner;
import dev.calotype.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;

/** One training as a process sees it that is not rank 0: it learns from its part of every batch, and writes nothing. */
final class FollowingRun<N extends Module> {
    private final Participant participant;
    private final Task<N> task;

    FollowingRun(Participant participant, Task<N> task) {
        this.participant = participant;
        this.task = task;
    }

    Training.Followed run(Training.Following observer) throws IOException {
        TrainingClock clock = new TrainingClock();
        Task.Setting setting = participant.setting(clock, start());
        try (Scope.Owned<Learner> made = Scope.own(() -> task.learner(setting));
                Learner step = made.value()) {
            boolean more = participant.begin(step, clock, true, Map::of);
            long before = step.steps();
            if (more) train(step, observer);
            return new Training.Followed(step.steps(), step.steps() - before, more ? participant.end(step) : "");
        }
    }

    private void train(Learner step, Training.Following observer) {
        try (Batches batches = participant.batches(step.steps())) {
            new Trainer(step, batches::next, List.of(observer::step)).run(report -> participant.agree(step, false));
        }
    }

    /** All weights come from rank 0; but those that factors are added to, which do not learn, are read here. */
    private Start start() throws IOException {
        Tuning tuning = participant.experiment().training().tune();
        if (!tuning.keepsBase()) return Start.FRESH;
        return Base.of(participant.experiment(), Path.of("")).start(tuning, participant.adapters());
    }
}
