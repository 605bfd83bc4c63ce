package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.RestoreConsole;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restore.Budget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all restorations share. */
public final class RestoreOptions {
    @Parameters(paramLabel = "IMAGE", description = "A PNG, JPEG, WebP or GIF (first frame), BMP or TIFF file.")
    private Path image;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "A .png, .webp (both without loss) or .jpg file, which has no alpha.")
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
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "0",
            description = "For the whole picture; 0 for as long as the method wants (default: ${DEFAULT-VALUE}).")
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

    public PictureRestoration.Done restore(Damaged damaged, Console console) throws IOException {
        DeviceChoice device = compute.device();
        PrecisionChoice precision = compute.precision();
        var request = new PictureRestoration.Request(
                image,
                damaged,
                Methods.named(method, settings),
                new Equipment.Sources(prior, dncnn, device, precision),
                sigma == null ? Double.NaN : sigma,
                new Budget(seconds, iterations),
                seed);
        Existing existing = overwrite ? Existing.REPLACE : Existing.REFUSE;
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
}
