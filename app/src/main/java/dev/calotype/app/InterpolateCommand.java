package dev.calotype.app;

import dev.calotype.experiment.DiffusionModel;
import dev.calotype.experiment.Gallery;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the images between two images. */
@Command(
        name = "interpolate",
        mixinStandardHelpOptions = true,
        description = "Draw two images and those between them, from points between their noises.",
        footerHeading = "%nExamples:%n",
        footer = "  calotype interpolate runs/quickstart-001 --seeds 1,2 --frames 10 --mode slerp --out path.png")
final class InterpolateCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(
            names = "--seeds",
            paramLabel = "A,B",
            split = ",",
            hideParamSyntax = true,
            required = true,
            description = "The seeds of the ends.")
    private List<Long> seeds;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "10",
            description = "Images, both ends included (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--mode",
            defaultValue = "slerp",
            description = "lerp: the straight line, whose middle has too little noise; slerp: the arc"
                    + " (default: ${DEFAULT-VALUE}).")
    private Interpolation mode;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "A .png file for the row of images.")
    private Path out;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Override
    Object execute(Console console) throws Exception {
        if (seeds.size() != 2) throw new IllegalArgumentException("--seeds wants two numbers A,B: " + seeds);
        long begun = System.nanoTime();
        Placement placement = compute.placement(console);
        try (TrainedModel trained = TrainedModel.open(run, placement)) {
            DiffusionModel.Request from = sampling.request(trained.experiment(), seeds.get(0));
            new Gallery(trained, console).interpolate(from, seeds.get(1), mode, frames, out);
            return new SampleCommand.Drawn(out.toString(), frames, trained.step(), (System.nanoTime() - begun) * 1e-9);
        }
    }
}
