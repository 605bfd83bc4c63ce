package dev.calotype.kind.rooms;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The kind of the classifier that reads the attributes of rooms. */
public final class RoomsKind implements Kind<JudgeExperiment> {
    private static final Story STORY = new Story(
            "This is a classifier that reads the attributes of drawn rooms, by which generated rooms are judged.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "judge";
    }

    @Override
    public Class<JudgeExperiment> type() {
        return JudgeExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(JudgeExperiment experiment) {
        return Set.of(Capability.SERVES_JUDGES);
    }

    @Override
    public Task<?> task(JudgeExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new JudgeTask(experiment, data);
    }

    @Override
    public TrainedModel open(JudgeExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedJudge.open(experiment, runOrCheckpoint, placement);
    }
}
