package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.UnclipOptions;
import dev.calotype.app.pipeline.PipelineOptions;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.unclip.Unclip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws images of a text. */
@Command(
        name = "imagine",
        mixinStandardHelpOptions = true,
        description = {
            "Draw images of what a text says: a prior tells what vector such a picture has, a decoder draws it, an up-sampler"
                    + " enlarges it.",
            "RUN may also be the folder of a text-to-image pipeline of diffusers, with its model_index.json, or one file in the"
                    + " original layout: Stable Diffusion 1, 2 or XL, and 3, Kandinsky 2.1 and 2.2 and Karlo as folders. Parts of it are read one after the other, and"
                    + " nothing is fetched.",
            "With --image such a pipeline begins with a picture, and with --mask, or a hole in its alpha, it draws there alone."
                    + " With --control a ControlNet steers it by edges, depth or whatever it was trained with.",
            "Image i of a text and a seed is the same in whatever number it is drawn. FILE is as that of sample."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype imagine runs/chains/rooms-words \"A bedroom with yellow walls. The red lamp is on.\" --out rooms.png",
            "  calotype imagine runs/decoder-rooms-001 \"The rug is blue.\" --prior runs/prior-rooms-001 --guidance 3 --out blue.png",
            "  calotype imagine stable-diffusion-v1-5 \"a lighthouse at dusk\" --steps 25 --sampler dpm++ --negative \"people\" --seed 3"
                    + " --out lighthouse.png",
            "  calotype imagine v1-5-pruned.safetensors \"a lighthouse at dusk\" --tokenizer clip/ --adapter ink.safetensors:0.8 --out lighthouse.png",
            "  calotype imagine stable-diffusion-v1-5 \"an oil painting\" --image photo.jpg --strength 0.6 --out painting.png",
            "  calotype imagine stable-diffusion-v1-5 \"a stone house\" --control control-canny --control-image edges.png --out house.png",
            "  calotype imagine kandinsky-2-2-decoder \"a red fox in snow\" --prior kandinsky-2-2-prior --steps 50 --out fox.png",
            "  calotype imagine stable-diffusion-inpainting \"a cat on the bench\" --image park.png --mask bench.png --out cat.png"
        })
final class ImagineCommand extends EngineCommand {
    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description =
                    "The folder of a chain, a run of a decoder, or the folder or file of a text-to-image pipeline.")
    private Path run;

    @Parameters(index = "1", paramLabel = "TEXT", description = "What the images are to show.")
    private String text;

    @Mixin
    private DrawOptions drawn;

    @Option(
            names = "--prior",
            paramLabel = "RUN",
            description =
                    "A prior of the same encoder; default that of a chain. Without one a decoder that reads words draws these alone. Of a pipeline that draws what a prior tells: the"
                            + " folder of that, or of its network alone; default the one that lies beside.")
    private Path prior;

    @Mixin
    private UnclipOptions options;

    @Mixin
    private PipelineOptions pipeline;

    @Override
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        drawn.requirePlace();
        if (text.isBlank() && !pipeline.begins())
            throw new IllegalArgumentException("TEXT must not be blank, but with --image: '" + text + "'");
        boolean one = TextPipelines.installed().isOne(run);
        if (one || Files.isRegularFile(run) && WeightFile.isPyTorch(run)) { // which no checkpoint of ours is
            if (options.modelsGiven())
                throw new IllegalArgumentException(
                        "--upsampler and --encoder would do nothing: " + run + " is a pipeline of diffusers");
            PipelineOptions.Source source = new PipelineOptions.Source(run, Optional.ofNullable(prior));
            return pipeline.draw(source, text, drawn, options.sampling(), options.compute(), begun, console);
        }
        pipeline.requireNone(run);
        try (Unclip model = options.open(run, prior, pipeline.adapters(), console)) {
            String cut = model.cutInWords(List.of(text));
            if (!cut.isEmpty()) console.say("Note: %s", cut);
            Columns asked = Columns.of(Columns.CAPTION, new Column.Texts(List.of(text)));
            Request request = options.request(model, drawn.seed(), asked);
            return drawn.draw(new Gallery(model, console), request, model.step(), begun, console);
        }
    }
}
