package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.TextPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Pipelines of another family than Stable Diffusion, found as a service: another one is a class and a line. */
public interface PipelineFamily {
    /** The classes of its pipelines in diffusers. */
    List<String> types();

    /** Whether it is one of its pipelines, or what belongs to one. */
    boolean isOne(Path path);

    /** Opens one, as {@link dev.calotype.experiment.offer.TextPipelines#open}. */
    TextPipeline open(Path path, Additions additions) throws IOException;

    /** Looks at one, as {@link dev.calotype.experiment.offer.TextPipelines#inventory}. */
    PipelineInventory inventory(Path path) throws IOException;
}
