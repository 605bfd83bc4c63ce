package dev.calotype.experiment;

import java.io.IOException;
import java.nio.file.Path;

/** A trained model in whose features images are judged. */
public interface ServesJudges extends TrainedModel {
    /** Writes what a judge needs of it to a file of its own. */
    void export(Path file) throws IOException;
}
