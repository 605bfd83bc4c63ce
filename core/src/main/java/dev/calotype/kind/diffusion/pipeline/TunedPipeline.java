package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.TrainedModel;
import dev.calotype.tensor.Placement;

/**
 * What a pipeline has learned, which is drawn with by the pipeline itself.
 *
 * @param step training steps behind it
 */
record TunedPipeline(PipelineExperiment experiment, Placement placement, long step, String hash)
        implements TrainedModel {
    @Override
    public void close() {}
}
