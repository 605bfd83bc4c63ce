package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** What was found out about a trained model, written into its recipe: the weights stay as they are. */
public final class Amendment {
    private Amendment() {}

    /**
     * Gives a run, and its last checkpoint, the recipe.
     *
     * @throws IOException if the run is being trained, has no checkpoint, or cannot be written
     */
    public static void write(RunDirectory run, Experiment experiment) throws IOException {
        try (Claim claim = run.claim();
                PointerScope scope = new PointerScope()) {
            CheckpointFolder all = new CheckpointFolder(run.checkpoints(), Integer.MAX_VALUE);
            all.write(amended(
                    all.readLatest().orElseThrow(() -> new IOException(run + " has no checkpoint yet")), experiment));
            AtomicFile.write(run.experimentFile(), Recipe.write(experiment));
        }
    }

    /**
     * Writes the last checkpoint of a run, or a checkpoint file, with the recipe to a new file.
     *
     * @throws IOException if it cannot be read or written
     */
    public static void write(Path model, Experiment experiment, Path out) throws IOException {
        OutputFile.requireNew(out);
        try (PointerScope scope = new PointerScope()) {
            Checkpoint found = Files.isRegularFile(model)
                    ? Checkpoint.read(model)
                    : new CheckpointFolder(RunDirectory.open(model).checkpoints(), 1)
                            .readLatest()
                            .orElseThrow(() -> new IOException(model + " has no checkpoint yet"));
            amended(found, experiment).write(out);
        }
    }

    private static Checkpoint amended(Checkpoint found, Experiment experiment) {
        return new Checkpoint(found.tensors(), Recipe.write(experiment), found.state());
    }
}
