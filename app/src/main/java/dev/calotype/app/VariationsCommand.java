package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.EncoderOptions;
import dev.calotype.app.option.UnclipOptions;
import dev.calotype.app.pipeline.PipelineVariations;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.unclip.Edits;
import dev.calotype.unclip.Unclip;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws images that have the vector of a picture. */
@Command(
        name = "variations",
        mixinStandardHelpOptions = true,
        description = {
            "Draw other images of what a picture shows, as far as its encoder sees it.",
            "RUN may also be the folder of a pipeline of diffusers that is told vectors of pictures: Karlo's variations"
                    + " (UnCLIPImageVariationPipeline), or Kandinsky with its prior beside.",
            "With --from and --to its vector is turned from what one text says towards what another says."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype variations runs/chains/rooms-words room.png -n 8 --out like.png",
            "  calotype variations karlo-image-variations room.png -n 4 --out like/",
            "  calotype variations runs/decoder-rooms-001 room.png --from \"The lamp is off.\" --to \"The lamp is on.\""
                    + " --strength 0.4 --out lit.png"
        })
final class VariationsCommand extends EngineCommand {
    private static final double USUAL_STRENGTH = 0.3;

    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description = "The folder of a chain, a run of a decoder, or the folder of a pipeline of diffusers.")
    private Path run;

    @Parameters(index = "1", paramLabel = "PICTURE", description = "A picture file.")
    private Path picture;

    @Mixin
    private DrawOptions drawn;

    @Option(names = "--from", paramLabel = "TEXT", description = "What is said of the picture as it is.")
    private String from;

    @Option(names = "--to", paramLabel = "TEXT", description = "What is to be said of it.")
    private String to;

    @Option(
            names = "--strength",
            paramLabel = "S",
            description = "How far towards the words, 0..1 (default: " + USUAL_STRENGTH + ").")
    private Double strength;

    @Mixin
    private UnclipOptions options;

    @Override
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        drawn.requirePlace();
        if ((from == null) != (to == null))
            throw new IllegalArgumentException("--from and --to are the two ends of one change: give both or none");
        if (strength != null && from == null)
            throw new IllegalArgumentException("--strength is of a change, with --from and --to: " + strength);
        if (TextPipelines.installed().isOne(run)) {
            if (from != null || options.modelsGiven())
                throw new IllegalArgumentException("--from, --to, --upsampler and --encoder would do nothing: " + run
                        + " is a pipeline of diffusers");
            return PipelineVariations.draw(run, picture, drawn, options.sampling(), options.compute(), begun, console);
        }
        Picture given = ImageFiles.decode(picture, 3);
        try (Unclip model = options.open(run, null, console)) {
            float[] vector = Scope.read(() -> Tensors.floats(vector(model, given, console)));
            Columns asked = Columns.of(Columns.EMBEDDING, new Column.Floats(vector, List.of(vector.length)));
            Request request = options.request(model, drawn.seed(), asked);
            return drawn.draw(new Gallery(model, console), request, model.step(), begun, console);
        }
    }

    private Tensor vector(Unclip model, Picture given, Console console) {
        Edits edits = new Edits(model.encoder());
        Tensor own = edits.of(given); // (1, E)
        if (from == null) return own;
        EncoderOptions.tellCut(model.encoder(), List.of(from, to), console);
        return edits.towards(own, from, to, strength == null ? USUAL_STRENGTH : strength);
    }
}
