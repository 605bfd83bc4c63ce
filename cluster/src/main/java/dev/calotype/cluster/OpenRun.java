package dev.calotype.cluster;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.FileId;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.spark.api.java.JavaSparkContext;

/** A run as the tasks of a job open it: once in every executor, as the driver saw it when the job began. */
final class OpenRun implements Serializable {
    private static final long serialVersionUID = 1;

    private static final String EXPERIMENT = "experiment.yaml";

    private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock();
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
        files.files().forEach((name, lying) -> {
            if (name.startsWith("checkpoints/") || name.equals(EXPERIMENT))
                state.append(name).append(' ').append(lying).append('\n');
        });
        return state.toString();
    }

    /** What tells it from other runs, and from itself when it was trained further. */
    String fingerprint() {
        return FileId.sha256((files + "\n" + state).getBytes(StandardCharsets.UTF_8));
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

    /** What a task does with the model. */
    interface Use<T> {
        T of(DrawsImages model) throws IOException;
    }

    /** Lets a task use the model, which stays open for the next one; several at once may. */
    <T> T with(Use<T> use) throws IOException {
        Cores.loadEngine();
        while (true) {
            LOCK.readLock().lock();
            try {
                if (opened.equals(fingerprint())) return use.of(model);
            } finally {
                LOCK.readLock().unlock();
            }
            LOCK.writeLock().lock();
            try {
                if (!opened.equals(fingerprint())) open();
            } finally {
                LOCK.writeLock().unlock();
            }
        }
    }

    private void open() throws IOException {
        if (!state().equals(state)) throw new IOException(files + " has become another run since the job began");
        if (model != null) model.close();
        opened = "";
        try (TemporaryFolder local = TemporaryFolder.create("calotype-model-")) {
            Path copy = local.path();
            files.fetch(copy);
            model = TrainedFile.open(copy, Capability.DRAWS_IMAGES, Placement.best());
        }
        opened = fingerprint();
    }
}
