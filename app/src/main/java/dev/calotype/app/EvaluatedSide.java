package dev.calotype.app;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.judge.PictureSource;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A side of an evaluation, and the model or data set that it borrows. */
record EvaluatedSide(PictureSource source, AutoCloseable owned) implements AutoCloseable {
    /** A run or checkpoint, of which {@code asked} is drawn, else pictures. */
    static EvaluatedSide open(
            String spec, Preparation preparation, Placement placement, Function<GenerativeExperiment, Request> asked)
            throws Exception {
        if (!isModel(spec)) {
            ImageDataset data = DataSets.open(spec, preparation.size(), preparation.channels());
            return new EvaluatedSide(new PictureSource.Stored(data), data);
        }
        DrawsImages trained = TrainedFile.open(Path.of(spec), Capability.DRAWS_IMAGES, placement);
        return new EvaluatedSide(new PictureSource.Drawn(trained.drawing(asked.apply(trained.experiment()))), trained);
    }

    static boolean isRun(String spec) {
        return !spec.startsWith("rooms:") && Files.isRegularFile(Path.of(spec).resolve("experiment.yaml"));
    }

    static boolean isModel(String spec) {
        return isRun(spec) || spec.endsWith(".safetensors");
    }

    @Override
    public void close() throws Exception {
        owned.close();
    }
}
