package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Scores;
import dev.calotype.io.Progress;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Judges what a model draws at its checkpoints, as {@code evaluation} of its recipe says. */
public final class DuringTraining {
    /** The seed of the images that are judged. */
    public static final long SEED = 1_000_000;

    private DuringTraining() {}

    /** How many pictures of each side a network must see to judge a model that is or was trained. */
    public static long least(FeatureNetwork network) {
        return EvaluationProtocol.standard().least(network);
    }

    /**
     * The score of {@code evaluation.duringTraining} images of a drawing; empty where that is 0.
     *
     * @param device where the feature network is to compute
     * @param others what is measured beside the usual
     */
    public static Optional<Scores> score(
            GenerativeExperiment experiment, Drawing drawing, Device device, Measure... others) throws IOException {
        int images = experiment.evaluation().duringTraining();
        if (images == 0) return Optional.empty();
        DataSettings settings = experiment.data();
        try (FeatureNetwork network =
                        FeatureNetworks.open(experiment.evaluation().network(), device);
                ImageDataset real = DataSets.open(experiment.reference(), settings.size(), settings.channels())) {
            Judge judge = new Judge(
                    network,
                    EvaluationProtocol.standard(),
                    experiment.evaluation().foreignJudge(),
                    Progress.SILENT);
            return Optional.of(judge.drawing(drawing, real, images, Measure.usualAnd(List.of(others)))
                    .kept());
        }
    }
}
