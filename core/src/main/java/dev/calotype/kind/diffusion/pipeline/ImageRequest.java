package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.kind.diffusion.SamplingSettings;
import java.util.List;
import java.util.Optional;

/**
 * Which pictures are drawn. Picture i of a request is the same however many are drawn.
 *
 * @param sampling how; a guidance of at most 1 leaves the negative text out
 * @param canvas the sides, and where a given picture lies
 * @param given the picture to begin with, if any
 * @param controls what steers besides the text
 */
public record ImageRequest(
        Prompt prompt,
        SamplingSettings sampling,
        long seed,
        Canvas canvas,
        Optional<GivenPicture> given,
        List<Control> controls) {
    public ImageRequest {
        controls = List.copyOf(controls);
        if (prompt.negative().isPresent() && sampling.guidance() <= 1)
            throw new IllegalArgumentException(
                    "guidance must be above 1 with a negative text, which has no effect otherwise: "
                            + sampling.guidance());
    }

    /**
     * What is wished for, on a canvas whose sides are multiples of {@code unit} where it begins with a picture.
     *
     * @param sampling what the wishes for it come to
     */
    public static ImageRequest of(TextPipeline.Wishes wishes, SamplingSettings sampling, int unit) {
        int width = wishes.width(), height = wishes.height();
        Canvas canvas =
                wishes.given().isPresent() ? Canvas.of(width, height, unit) : new Canvas(width, height, width, height);
        return new ImageRequest(wishes.prompt(), sampling, wishes.seed(), canvas, wishes.given(), wishes.controls());
    }

    /** Pictures of these sides out of noise. */
    ImageRequest(Prompt prompt, SamplingSettings sampling, long seed, int width, int height) {
        this(prompt, sampling, seed, new Canvas(width, height, width, height), Optional.empty(), List.of());
    }
}
