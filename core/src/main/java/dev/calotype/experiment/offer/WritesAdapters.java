package dev.calotype.experiment.offer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A kind of which other programs load what was fine-tuned. */
public interface WritesAdapters {
    /** Whether a run or checkpoint has learned nothing but what can be added to its base. */
    boolean isAddable(Path model) throws IOException;

    /**
     * Writes what a run or checkpoint has learned by the names of diffusers, with alpha.
     *
     * @param out a new file, of factors; of a learned word where there are none, else that one's is beside it
     * @return the files that were written
     * @throws IllegalArgumentException if one of the files is there already
     * @throws IOException if it is nothing that can be added to its base, or the file cannot be written
     */
    List<Path> writeAdapter(Path model, Path out) throws IOException;
}
