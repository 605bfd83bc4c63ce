package dev.calotype.kind.rooms;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.experiment.ServesJudges;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/**
 * The classifier of rooms out of a run or a checkpoint; its weights are read when they are exported.
 *
 * @param step training steps behind the weights
 * @param hash SHA-256 of the averaged weights
 */
record TrainedJudge(JudgeExperiment experiment, Path source, Placement placement, long step, String hash)
        implements ServesJudges {
    static TrainedJudge open(JudgeExperiment experiment, Path source, Placement placement) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            return new TrainedJudge(experiment, source, placement, averages.step(), averages.sha256());
        }
    }

    @Override
    public void export(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            RoomsJudge.export(experiment.network(), averages.tensors(), file);
        }
    }

    @Override
    public void close() {}
}
