package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Prompt;
import dev.calotype.kind.diffusion.SamplingSettings;

/**
 * Which pictures are drawn. Picture i of a request is the same however many are drawn.
 *
 * @param sampling how; a guidance of at most 1 leaves the negative text out
 * @param width pixels
 * @param height pixels
 */
record ImageRequest(Prompt prompt, SamplingSettings sampling, long seed, int width, int height) {
    public ImageRequest {
        if (prompt.negative().isPresent() && sampling.guidance() <= 1)
            throw new IllegalArgumentException(
                    "guidance must be above 1 with a negative text, which has no effect otherwise: "
                            + sampling.guidance());
    }
}
