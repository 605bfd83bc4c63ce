package dev.calotype.app.pipeline;

import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.drawing.PictureFiles;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Variations of a picture by a pipeline of diffusers that is told vectors of pictures. */
public final class PipelineVariations {
    private PipelineVariations() {}

    /**
     * Draws what has the vector of a picture.
     *
     * @param begun when the command began, in nanoseconds
     */
    public static PipelineOptions.Drawn draw(
            Path folder,
            Path given,
            DrawOptions drawn,
            SamplingOptions sampling,
            ComputeOptions compute,
            long begun,
            Console console)
            throws IOException {
        Picture picture = ImageFiles.decode(given, 3);
        TextPipeline model = TextPipelines.installed().open(folder, Additions.NONE);
        String how = model.varying(sampling.asked());
        int[] sides = model.size();
        Prompt nothing = new Prompt("", Optional.empty(), 0);
        TextPipeline.Wishes wishes =
                new TextPipeline.Wishes(nothing, sampling.asked(), drawn.seed(), sides[0], sides[1], Optional.empty());
        int count = drawn.count(1);
        PictureFiles.require(drawn.out(), count, sides[0], sides[1]);
        model.notes().forEach(note -> console.say("%s", note));
        Placement placement = compute.placement(console);
        TextPipeline.Drawn made = model.vary(picture, wishes, count, placement, console);
        made.notes().forEach(note -> console.say("%s", note));
        Map<String, String> origin = PipelineOptions.origin(
                folder.toAbsolutePath().normalize().getFileName() + " (" + model.type() + ")", wishes, how, placement);
        origin.put("variation of", String.valueOf(given.getFileName()));
        return PipelineOptions.written(drawn.out(), made, origin, how, begun, console);
    }
}
