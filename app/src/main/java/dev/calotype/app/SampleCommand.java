package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.PictureTarget;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws images. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        description = {
            "Draw images of a trained model.",
            "Image i of a seed is the same in whatever number it is drawn. A FILE ending in .png, .jpg or .webp gets a grid;"
                    + " one ending in .npz or .npy an array of bytes (N, H, W, C), with the classes as arr_1 of an .npz;"
                    + " anything else is a folder of single images."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype sample runs/quickstart-001 -n 64 --out grid.png",
            "  calotype sample runs/cifar10-001 -n 50000 --out samples.npz",
            "  calotype sample runs/cifar10-001 -n 10 --class ship --guidance 2 --sampler ddim --steps 50 --out ships.png",
            "  calotype sample runs/stylegan2-rooms64-001 --truncation 0.7 --out typical.png"
        })
final class SampleCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(names = "-n", paramLabel = "N", defaultValue = "16", description = "Images (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description =
                    "A .png, .jpg or .webp file; an .npz or .npy file; or a folder: a name without extension, or with a /"
                            + " at its end.")
    private String out;

    @Option(
            names = "--truncation",
            paramLabel = "PSI",
            description =
                    "Of a StyleGAN2, 0..2: below 1 the images are more typical and less various, 1 is the default.")
    private Double truncation;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Override
    Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        PictureTarget.require(out);
        Map<String, String> own = truncation == null ? Map.of() : Map.of("truncation", truncation.toString());
        Request request = sampling.request(TrainedFile.generative(run), seed, own);
        Placement placement = compute.placement(console);
        try (DrawsImages trained = TrainedFile.open(run, Capability.DRAWS_IMAGES, placement)) {
            Gallery gallery = new Gallery(trained, console);
            gallery.memory(request, count)
                    .ifPresent(memory -> console.say(
                            "Memory: about %s at the peak%s", memory, memory.fits() ? "" : ", more than is free"));
            gallery.sample(request, count, Path.of(out));
            double seconds = (System.nanoTime() - begun) * 1e-9;
            console.say("%d images in %.1f s%s", count, seconds, how(request));
            return new Drawn(Path.of(out).toString(), count, trained.step(), seconds);
        }
    }

    private static String how(Request request) {
        return " with " + request.sampling();
    }

    /** What was drawn where. */
    record Drawn(String out, int images, long step, double seconds) {
        @Override
        public String toString() {
            return out;
        }
    }
}
