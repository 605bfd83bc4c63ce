package dev.calotype.app;

import dev.calotype.experiment.DiffusionModel;
import dev.calotype.experiment.Gallery;
import dev.calotype.experiment.GanExperiment;
import dev.calotype.experiment.GanGallery;
import dev.calotype.experiment.GanStyles;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.TrainedDiffusion;
import dev.calotype.experiment.TrainedFile;
import dev.calotype.experiment.TrainedGan;
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
        description =
                "Draw two images and those between them, from points between their noises, or between their styles.",
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
            description = "lerp: the straight line, whose middle has too little noise; slerp: the arc, the default."
                    + " In W the way is straight.")
    private Interpolation mode;

    @Option(
            names = "--space",
            description = "z: between the noises; w: between the styles of a StyleGAN2, which is its default.")
    private Space space;

    /** Where the way lies. */
    enum Space {
        Z,
        W
    }

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
        boolean styles = styles(TrainedFile.experiment(run));
        if (TrainedFile.experiment(run) instanceof GanExperiment experiment) {
            int label = sampling.label(experiment);
            try (TrainedGan trained = TrainedGan.open(run, placement)) {
                GanGallery gallery = new GanGallery(trained, console);
                var ends = new GanGallery.Ends(seeds.get(0), seeds.get(1), label);
                if (styles) gallery.walk(seeds.get(0), seeds.get(1), frames, out);
                else gallery.interpolate(ends, noise(), frames, out);
                return new SampleCommand.Drawn(
                        out.toString(), frames, trained.step(), (System.nanoTime() - begun) * 1e-9);
            }
        }
        try (TrainedDiffusion trained = TrainedDiffusion.open(run, placement)) {
            DiffusionModel.Request from = sampling.request(trained.experiment(), seeds.get(0));
            new Gallery(trained, console).interpolate(from, seeds.get(1), noise(), frames, out);
            return new SampleCommand.Drawn(out.toString(), frames, trained.step(), (System.nanoTime() - begun) * 1e-9);
        }
    }

    /** Whether the way lies in W. */
    private boolean styles(GenerativeExperiment experiment) {
        if (space == Space.W) GanStyles.require(experiment, "--space w");
        if (space == Space.Z || space == null && !GanStyles.has(experiment)) return false;
        if (mode == Interpolation.SLERP)
            throw new IllegalArgumentException("--mode slerp is for noise: in W the way is straight, or say --space z");
        return true;
    }

    private Interpolation noise() {
        return mode == null ? Interpolation.SLERP : mode;
    }
}
