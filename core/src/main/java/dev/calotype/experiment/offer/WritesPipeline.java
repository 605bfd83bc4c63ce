package dev.calotype.experiment.offer;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A trained model that diffusers has too. */
public interface WritesPipeline extends TrainedModel {
    /** What it can do. */
    Capability<WritesPipeline> CAPABILITY =
            new Capability<>(WritesPipeline.class, "can be written as diffusers has it");

    /**
     * Writes it into a new or empty folder, which {@code from_pretrained} opens: of {@code DiffusionPipeline}, or for a network of its own
     * of the class that its {@code config.json} names.
     *
     * @return what diffusers does otherwise than the model here, a sentence each
     * @throws IOException if the folder holds something, or cannot be written
     * @throws IllegalArgumentException if diffusers has no such model
     */
    List<String> writePipeline(Path folder) throws IOException;
}
