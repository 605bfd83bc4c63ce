package dev.calotype.app;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.image.Picture;
import dev.calotype.judge.PictureSource;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** The shorter side of the first pictures of data sets, at most {@code largest}; {@code usual} where all are of rooms. */
    static int size(List<String> specs, int usual, int largest) throws IOException {
        int least = Integer.MAX_VALUE;
        for (String spec : specs) {
            if (Belonging.isRooms(spec)) continue;
            try (ImageDataset data = DataSets.open(spec, usual, 3)) {
                Picture first = data.read(0).image();
                least = Math.min(least, Math.min(first.width(), first.height()));
            }
        }
        return least == Integer.MAX_VALUE ? usual : Math.min(least, largest);
    }

    @Override
    public void close() throws Exception {
        owned.close();
    }
}
