package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.ProjectsPictures;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.train.StyleProjection;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds a picture among the images of a StyleGAN2. */
@Command(
        name = "project",
        mixinStandardHelpOptions = true,
        description = {
            "Find the style of a StyleGAN2 whose image is nearest to a picture.",
            "The central square of the picture is made as large as the model's images. FILE shows it on the left and what"
                    + " was found on the right."
        },
        footerHeading = "%nExamples:%n",
        footer = "  calotype project runs/stylegan2-rooms64-001 room.png --out found.png --styles w.safetensors")
final class ProjectCommand extends EngineCommand {
    @Parameters(index = "0", paramLabel = "RUN", description = "A run directory or a checkpoint file of a StyleGAN2.")
    private Path run;

    @Parameters(index = "1", paramLabel = "IMAGE", description = "A picture file of any size.")
    private Path image;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "A .png, .jpg or .webp file for both pictures.")
    private Path out;

    @Option(
            names = "--styles",
            paramLabel = "FILE",
            description = "A .safetensors file for the style that was found, the tensor w.")
    private Path styles;

    @Option(
            names = "--steps",
            paramLabel = "K",
            defaultValue = "500",
            description = "Steps of Adam (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        Experiment experiment = TrainedFile.experiment(run);
        Kinds.require(experiment, Capability.PROJECTS_PICTURES, run.toString());
        StyleProjection published = StyleProjection.PUBLISHED;
        var projection = new StyleProjection(steps, published.rate(), published.samples());
        PictureFormat.of(out);
        OutputFile.require(out, Existing.REPLACE, image);
        if (styles != null) OutputFile.require(styles, Existing.REPLACE, image, out);
        Picture target = prepared(experiment.data());
        Placement placement = compute.placement(console, PrecisionChoice.FP32);
        try (ProjectsPictures trained = TrainedFile.open(run, Capability.PROJECTS_PICTURES, placement)) {
            ProjectsPictures.Projection found = trained.project(target, projection, out, Optional.ofNullable(styles));
            double seconds = (System.nanoTime() - begun) * 1e-9;
            console.say(
                    "Mean squared difference %.4f, from %.4f at the mean style, in %.1f s",
                    found.distance(), found.start(), seconds);
            return new Projected(out.toString(), found.distance(), found.start(), steps, trained.step(), seconds);
        }
    }

    private Picture prepared(DataSettings data) throws Exception {
        var preparation = new Preparation(data.size(), data.channels(), Preparation.Flip.NONE);
        return preparation.apply(PictureFile.read(image).colours(), Rng.of(0));
    }

    /** How near the picture was found; the differences are those of pixels in [-1, 1]. */
    record Projected(String out, double distance, double start, int steps, long step, double seconds) {
        @Override
        public String toString() {
            return out;
        }
    }
}
