package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.RestoreConsole;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.FolderRestoration;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restore.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all restorations share. */
public final class RestoreOptions {
    @Parameters(
            paramLabel = "IMAGE",
            description = "A PNG, JPEG, WebP or GIF (first frame), BMP or TIFF file, or a folder of them.")
    private Path image;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "A .png, .webp (both without loss) or .jpg file, which has no alpha; for a folder, a folder.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace FILE if it is there; never the input.")
    private boolean overwrite;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "auto, or one of those in docs/restoration.md (default: ${DEFAULT-VALUE}).")
    private String method;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Override one setting of the method; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--prior",
            paramLabel = "RUN",
            description = "A trained diffusion model of pictures, for the methods that want one.")
    private String prior = "";

    @Option(
            names = "--dncnn",
            paramLabel = "FILE",
            description = "Weights of a DnCNN denoiser, for the methods that want one.")
    private String dncnn = "";

    @Option(
            names = "--denoiser",
            paramLabel = "RUN",
            description =
                    "A denoiser of your own in the place of the one that comes along: a run of the recipe denoiser.")
    private String denoiser = "";

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "0",
            description = "For a whole picture; 0 for as long as the method wants (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "0",
            description = "At most; 0 for what the method wants (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Option(
            names = "--sigma",
            paramLabel = "S",
            description = "Standard deviation of the noise, in units of 0..255; estimated if it is not given.")
    private Double sigma;

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "0",
            description = "Keep the estimate of every N-th iteration in the folder of --frames.")
    private int every;

    @Option(names = "--frames", paramLabel = "DIR", description = "Where pictures on the way are kept.")
    private Path frames;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private ComputeOptions compute;

    /** Restores what is named; a {@link FolderRestoration.Done} where that is a folder. */
    public Object restore(Damaged damaged, Console console) throws IOException {
        DeviceChoice device = compute.device();
        PrecisionChoice precision = compute.precision();
        var request = new PictureRestoration.Request(
                image,
                damaged,
                Methods.named(method, settings),
                new Equipment.Sources(prior, dncnn, denoiser, device, precision),
                sigma == null ? Double.NaN : sigma,
                new Budget(seconds, iterations),
                seed);
        Existing existing = overwrite ? Existing.REPLACE : Existing.REFUSE;
        if (Files.isDirectory(image)) return folder(request, existing, console);
        var output = new PictureRestoration.Output(out, existing, frames, every);
        try (RestoreConsole listener = new RestoreConsole(console)) {
            PictureRestoration.Done done = PictureRestoration.run(request, output, listener);
            console.say(
                    "%s after %d iterations in %s%s",
                    done.iterations() == 0 ? "Done" : "Chosen: iteration " + done.iteration(),
                    done.iterations(),
                    Console.duration(done.seconds()),
                    done.stopped() ? ", stopped before its time" : "");
            console.say("%s", done.judgement());
            return done;
        }
    }

    private FolderRestoration.Done folder(PictureRestoration.Request request, Existing existing, Console console)
            throws IOException {
        if (every > 0 || frames != null)
            throw new IllegalArgumentException("--every and --frames are for one picture, not for a folder");
        try (RestoreConsole listener = new RestoreConsole(console)) {
            FolderRestoration.Done done = FolderRestoration.run(request, out, existing, listener);
            console.say(
                    "%d restored, %d there already, %d failed%s%s",
                    done.restored().size(),
                    done.kept(),
                    done.failures().size(),
                    done.others() == 0 ? "" : ", " + done.others() + " other files left alone",
                    done.stopped() ? "; the same command goes on" : "");
            for (FolderRestoration.Failure failure : done.failures())
                console.say("failed: %s: %s", failure.image(), failure.message());
            return done;
        }
    }
}
