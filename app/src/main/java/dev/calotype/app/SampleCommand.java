package dev.calotype.app;

import dev.calotype.app.cluster.RankOptions;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.drawing.Gallery;
import dev.calotype.drawing.SharedModel;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.List;
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

    @Mixin
    private DrawOptions drawn;

    @Option(
            names = "--truncation",
            paramLabel = "PSI",
            description =
                    "Of a StyleGAN2, 0..2: below 1 the images are more typical and less various, 1 is the default.")
    private Double truncation;

    @Option(
            names = "--adapter",
            paramLabel = "FILE[:WEIGHT]",
            description =
                    "What a fine-tuned run of this base has learned: the run, its checkpoint, or a file of adapters export; and by how much,"
                            + " default 1. Several add up.")
    private List<String> adapters = List.of();

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private RankOptions others;

    @Override
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        drawn.requirePlace();
        Map<String, String> own = truncation == null ? Map.of() : Map.of("truncation", truncation.toString());
        Request request = sampling.request(TrainedFile.generative(run), drawn.seed(), own);
        Placement placement = compute.placement(console);
        try (Ranks ranks = others.join(spec(), console);
                DrawsImages trained = new SharedModel(
                        TrainedFile.open(run, adapters, Capability.DRAWS_IMAGES, placement),
                        ranks,
                        run,
                        adapters,
                        sampling.asked(own))) {
            Gallery gallery = new Gallery(trained, console);
            gallery.memory(request, drawn.count())
                    .ifPresent(memory -> console.say(
                            "Memory: about %s at the peak%s", memory, memory.fits() ? "" : ", more than is free"));
            Object made = drawn.draw(gallery, request, trained.step(), begun, console);
            trained.close();
            Order.give(ranks, Order.END, "");
            return made;
        }
    }
}
