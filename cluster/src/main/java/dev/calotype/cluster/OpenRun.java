package dev.calotype.cluster;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** A run as the tasks of a job open it: once in every executor, as the driver saw it when the job began. */
final class OpenRun implements Serializable {
    private static final long serialVersionUID = 1;

    private static final String EXPERIMENT = "experiment.yaml";

    private static DrawsImages model; // of this process, with what it is
    private static String opened = "";

    private final RunFiles files;
    private final String state;

    /** @throws IOException if it is not there */
    OpenRun(JavaSparkContext spark, String run) throws IOException {
        files = new RunFiles(spark, run);
        state = state();
        if (state.isEmpty()) throw new IOException("there is no run at " + run);
    }

    private String state() throws IOException {
        StringBuilder state = new StringBuilder();
        new TreeMap<>(files.files()).forEach((name, size) -> {
            if (name.startsWith("checkpoints/") || name.equals(EXPERIMENT))
                state.append(name).append(' ').append(size).append('\n');
        });
        return state.toString();
    }

    /**
     * What was trained.
     *
     * @throws IllegalArgumentException if it draws no images
     */
    GenerativeExperiment experiment() throws IOException {
        return Recipe.parse(files.text(EXPERIMENT), List.of())
                .generative()
                .orElseThrow(() -> new IllegalArgumentException(files + " is not a model of images"));
    }

    /** The model, which stays open for the next task; of several threads. */
    DrawsImages model() throws IOException {
        Engine.load(Math.max(1, TaskContext.get().cpus()));
        synchronized (OpenRun.class) {
            String wanted = files + "\n" + state;
            if (wanted.equals(opened)) return model;
            if (!state().equals(state)) throw new IOException(files + " has become another run since the job began");
            if (model != null) model.close();
            opened = "";
            try (TemporaryFolder local = TemporaryFolder.create("calotype-model-")) {
                Path copy = local.path();
                files.fetch(copy);
                model = TrainedFile.open(copy, Capability.DRAWS_IMAGES, Placement.best());
            }
            opened = wanted;
            return model;
        }
    }
}
