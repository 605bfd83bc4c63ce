package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.DrawOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.app.option.UnclipModels;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Placement;
import dev.calotype.unclip.Edits;
import dev.calotype.unclip.Unclip;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the images between two images. */
@Command(
        name = "interpolate",
        mixinStandardHelpOptions = true,
        description =
                "Draw two images and those between them, from points between their noises, or between their styles;"
                        + " or what lies between two pictures.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype interpolate runs/quickstart-001 --seeds 1,2 --frames 10 --mode slerp --out path.png",
            "  calotype interpolate runs/chains/rooms-words --pictures a.png,b.png --out path.png"
        })
final class InterpolateCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(
            names = "--seeds",
            paramLabel = "A,B",
            split = ",",
            hideParamSyntax = true,
            description = "The seeds of the ends.")
    private List<Long> seeds;

    @Option(
            names = "--pictures",
            paramLabel = "A,B",
            split = ",",
            hideParamSyntax = true,
            description = "Instead of seeds, two pictures: of a decoder or a chain, what lies between their vectors.")
    private List<Path> pictures;

    @Option(names = "--seed", paramLabel = "S", description = "With --pictures: the noise of all images; default 0.")
    private Long seed;

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

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "A .png, .jpg or .webp file for the row of images.")
    private Path out;

    @Mixin
    private UnclipModels models;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        if ((seeds == null) == (pictures == null))
            throw new IllegalArgumentException("interpolate wants the ends by --seeds or by --pictures");
        if (pictures != null) return betweenPictures(console);
        if (seed != null) throw new IllegalArgumentException("--seed is of --pictures, --seeds name the ends: " + seed);
        if (seeds.size() != 2) throw new IllegalArgumentException("--seeds wants two numbers A,B: " + seeds);
        PictureFormat.of(out);
        OutputFile.require(out, Existing.REPLACE);
        if (models.given()) throw new IllegalArgumentException("--upsampler and --encoder are of --pictures");
        long begun = System.nanoTime();
        Placement placement = compute.placement(console);
        Request from = sampling.request(TrainedFile.generative(run), seeds.get(0));
        try (WalksBetween trained = TrainedFile.open(run, Capability.WALKS_BETWEEN, placement)) {
            Gallery gallery = new Gallery(trained, console);
            if (ownWay(trained)) gallery.interpolate(from, seeds.get(1), frames, out);
            else gallery.interpolate(from, seeds.get(1), mode == null ? Interpolation.SLERP : mode, frames, out);
            return new DrawOptions.Drawn(out.toString(), frames, trained.step(), (System.nanoTime() - begun) * 1e-9);
        }
    }

    /** The way between the vectors of two pictures, which is an arc. */
    private Object betweenPictures(Console console) throws Exception {
        if (pictures.size() != 2) throw new IllegalArgumentException("--pictures wants two files A,B: " + pictures);
        if (mode == Interpolation.LERP || space != null)
            throw new IllegalArgumentException(
                    "--pictures are joined by the arc between their vectors: no --mode lerp, no --space");
        PictureFormat.of(out);
        OutputFile.require(out, Existing.REPLACE, pictures.toArray(Path[]::new));
        long begun = System.nanoTime();
        Picture from = ImageFiles.decode(pictures.get(0), 3), to = ImageFiles.decode(pictures.get(1), 3);
        Placement placement = compute.placement(console);
        try (Unclip model = Unclip.open(models.files(run, null), placement)) {
            Request how = sampling.request(model.decoding(), seed == null ? 0 : seed);
            Map<String, String> notes = Map.of(
                    "between", pictures.get(0) + " and " + pictures.get(1), "interpolation", "slerp of embeddings");
            Edits edits = new Edits(model.encoder());
            new Gallery(model, console)
                    .row(how, notes, frames, out, () -> model.sameNoise(how, edits.between(from, to, frames)));
            return new DrawOptions.Drawn(out.toString(), frames, model.step(), (System.nanoTime() - begun) * 1e-9);
        }
    }

    /** Whether the way is that which suits a model with styles: in W. */
    private boolean ownWay(WalksBetween trained) {
        if (space == Space.W && !trained.hasOwnWay())
            throw new IllegalArgumentException(
                    "--space w needs a model with styles (network.architecture stylegan2), unlike "
                            + trained.experiment().name());
        if (space == Space.Z || space == null && !trained.hasOwnWay()) return false;
        if (mode == Interpolation.SLERP)
            throw new IllegalArgumentException("--mode slerp is for noise: in W the way is straight, or say --space z");
        return true;
    }
}
