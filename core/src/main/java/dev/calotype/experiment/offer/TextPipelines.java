package dev.calotype.experiment.offer;

import dev.calotype.experiment.Experiment;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** What draws with the text-to-image pipelines of other programs, found as a service. */
public interface TextPipelines {
    /** Whether a folder has the index of a pipeline, of whatever class, or both parts of one, or a file the denoiser of one. */
    boolean isOne(Path path);

    /** Whether it is one that is told texts, of whatever class: one that draws without is none. */
    boolean readsTexts(Path path) throws IOException;

    /**
     * Opens a pipeline without reading its weights.
     *
     * @param path a folder, or a file of one piece
     * @throws IOException if it is none that is supported, if parts of it are missing (all are named), or if it has a setting that is
     *     not honoured
     * @throws IllegalArgumentException if something is added that such a pipeline has itself
     */
    TextPipeline open(Path path, Additions additions) throws IOException;

    /**
     * Looks at a folder or a file; no weights are read.
     *
     * @throws IOException if it is no pipeline that is supported, or a file is damaged
     */
    PipelineInventory inventory(Path path) throws IOException;

    /**
     * The recipe of a training that begins with a pipeline; none of its weights are read.
     *
     * @param data what is learned from
     * @param overrides values that are to be others, such as {@code training.tune.rank=4}
     * @throws IOException as {@link #open}
     * @throws IllegalArgumentException if such a pipeline cannot be trained
     * @throws dev.calotype.settings.RecipeException if it cannot be trained so
     */
    Experiment tuning(Path path, String data, Method method, List<String> overrides) throws IOException;

    /** A hash of the weights that a training with a pipeline would begin with, all bytes of which are read. */
    String fingerprint(Path path) throws IOException;

    /** Whether what was trained is such a pipeline. */
    boolean isTuned(Experiment experiment);

    /**
     * The one that is there.
     *
     * @throws IllegalStateException if there is none
     */
    static TextPipelines installed() {
        return ServiceLoader.load(TextPipelines.class, TextPipelines.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no service is a " + TextPipelines.class.getName()));
    }
}
