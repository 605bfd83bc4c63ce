package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Task;
import dev.calotype.train.Learner;
import java.io.IOException;
import org.bytedeco.pytorch.Module;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the checkpoints of a run are worth, which is found out once they are written: judging takes long, and may fail.
 *
 * @param decay of the average that is judged
 */
record Judgements<N extends Module>(RunDirectory run, Task<N> task, double decay) {
    private static final Logger LOG = LoggerFactory.getLogger(Judgements.class);

    /** What averaged weights are worth after a step; their images may be drawn and judged for it. */
    static Milestone milestone(Appraisal appraisal, long step, double seconds, double validation) throws IOException {
        return new Milestone(
                step, seconds, validation, appraisal.judged().score().orElse(null));
    }

    /** Tells what the checkpoint that a learner was restored from is worth, where a kill came before that was told. */
    void complete(Learner restored, N averaged, Checkpoint checkpoint) throws IOException {
        Double seconds = checkpoint.state().get("seconds"),
                validation = checkpoint.state().get("validation");
        boolean told = Milestone.read(run.milestonesFile()).stream().anyMatch(one -> one.step() == checkpoint.step());
        if (told || seconds == null || validation == null) return;
        LOG.info("Judging step {} of {}, at which a sitting before ended", checkpoint.step(), run);
        milestone(appraisal(restored, averaged), checkpoint.step(), seconds, validation)
                .append(run.milestonesFile());
    }

    private Appraisal appraisal(Learner restored, N averaged) throws IOException {
        if (!restored.isWhole()) return Appraisal.of(0); // others have the rest of the average, and wait to begin
        Weights.load(averaged, restored.average(decay));
        return task.appraise(averaged);
    }
}
