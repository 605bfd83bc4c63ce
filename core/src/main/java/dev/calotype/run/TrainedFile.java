package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a run directory or a checkpoint file holds. */
public final class TrainedFile {
    private TrainedFile() {}

    /**
     * What was trained in a run, or to a checkpoint file, without its weights.
     *
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it draws no images
     * @throws dev.calotype.settings.RecipeException if the recipe cannot be understood
     */
    public static GenerativeExperiment experiment(Path path) throws IOException {
        String text;
        if (Files.isRegularFile(path)) {
            try (SafeTensorsFile file = SafeTensors.open(path)) {
                text = file.header().metadata().get("experiment");
            }
            if (text == null) throw new IOException(path + " is no checkpoint of a run");
        } else {
            text = Files.readString(RunDirectory.open(path).experimentFile());
        }
        if (Recipe.parse(text, List.of()) instanceof GenerativeExperiment experiment) return experiment;
        throw new IllegalArgumentException(path + " is not a model of images");
    }

    /** The first average of the weights, of the last checkpoint of a run or of a checkpoint file. */
    public static Checkpoint.Group averages(Path path, Experiment experiment) throws IOException {
        String group = "ema/" + experiment.training().ema().get(0);
        if (Files.isRegularFile(path)) return Checkpoint.readGroup(path, group);
        return new CheckpointFolder(RunDirectory.open(path).checkpoints(), 1)
                .readLatest(group)
                .orElseThrow(() -> new IOException(path + " has no checkpoint yet"));
    }
}
