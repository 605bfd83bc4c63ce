package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.RestoreConsole;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.image.HoleMask;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.report.FolderReport;
import dev.calotype.report.PictureReport;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.FolderRestoration;
import dev.calotype.restoration.FolderRestoration.Failure;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restore.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What all restorations share. */
public final class RestoreOptions {
    @Parameters(
            paramLabel = "IMAGE",
            description = "A PNG, JPEG, WebP or GIF (first frame), BMP or TIFF file, or a folder of them.")
    private Path image;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Required. A .png or .tif (8 or 16 bits, as the input), .webp (without loss) or .jpg file, which has no alpha;"
                            + " for a folder, a folder.")
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

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "An .html or .md file with the picture before and after, the method and what was assumed; of a folder, one page for all.")
    private Path report;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "The picture as it should be, where that is known: the report and the console then tell dB.")
    private Path truth;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private ComputeOptions compute;

    @Spec
    private CommandSpec command;

    /**
     * A mask that was written.
     *
     * @param missing pixels, and {@code share} of all
     */
    public record MaskFile(String out, long missing, double share) {
        @Override
        public String toString() {
            return out;
        }
    }

    /** Restores what is named; a {@link FolderRestoration.Done} where that is a folder. */
    public Object restore(Damaged damaged, Console console) throws IOException {
        return restore(damaged, null, console);
    }

    /**
     * The same, which writes what is missing to {@code maskOut} if that is not null; nothing else if no other file is named.
     *
     * @return the mask alone where no other file is named
     */
    public Object restore(Damaged damaged, Path maskOut, Console console) throws IOException {
        Existing existing = overwrite ? Existing.REPLACE : Existing.REFUSE;
        if (!Files.exists(image)) throw new IOException("there is no file or folder " + image);
        if (out == null && maskOut != null) {
            if (report != null || truth != null || frames != null)
                throw new IllegalArgumentException("--report, --truth and --frames want --out: the mask alone is made");
            if (Files.isDirectory(image)) return masks(damaged, maskOut, existing, console);
            HoleMask mask = PictureRestoration.mask(image, damaged, maskOut, existing);
            console.say("%s", mask);
            return new MaskFile(maskOut.toString(), mask.count(), mask.share());
        }
        if (out == null) throw new ParameterException(command.commandLine(), "Missing required option: '--out=FILE'");
        DeviceChoice device = compute.device();
        PrecisionChoice precision = compute.precision();
        var request = new PictureRestoration.Request(
                image,
                damaged,
                Methods.named(method, settings),
                new Equipment.Sources(prior, dncnn, denoiser, device, precision),
                sigma == null ? Double.NaN : sigma,
                new Budget(Files.isDirectory(image) ? seconds : left(), iterations),
                seed);
        if (Files.isDirectory(image)) return folder(request, maskOut, existing, console);
        if (report != null) PictureReport.require(report, existing);
        if (truth != null) PictureReport.requireTruth(truth, image, damaged.enlargement());
        var output = new PictureRestoration.Output(out, existing, frames, every, maskOut);
        try (RestoreConsole listener = new RestoreConsole(console)) {
            PictureRestoration.Done done = PictureRestoration.run(request, output, listener);
            console.say(
                    "%s after %d iterations in %s%s",
                    done.iterations() == 0 ? "Done" : "Chosen: iteration " + done.iteration(),
                    done.iterations(),
                    Console.duration(done.seconds()),
                    done.stopped() ? ", stopped before its time" : "");
            console.say("%s", done.judgement());
            if (report != null || truth != null) tell(PictureReport.of(image, done, truth), console);
            return done;
        }
    }

    /** What is left of the seconds after the start of this process, which is a second or two of them. */
    private double left() {
        double gone = ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()).toMillis() * 1e-3)
                .orElse(0.0);
        return seconds <= 0 ? seconds : Math.max(seconds / 2, seconds - gone);
    }

    private void tell(PictureReport told, Console console) throws IOException {
        if (report != null) told.write(report);
        told.gain().ifPresent(gain -> console.say("Against the truth: %s", gain));
    }

    private FolderRestoration.Marked masks(Damaged damaged, Path maskOut, Existing existing, Console console)
            throws IOException {
        try (RestoreConsole listener = new RestoreConsole(console)) {
            FolderRestoration.Marked done = FolderRestoration.masks(image, damaged, maskOut, existing, listener);
            String made = done.marked().size() + " masks written";
            tell(made, done.kept(), done.others(), done.failures(), done.stopped(), console);
            return done;
        }
    }

    private static void tell(
            String made, int kept, int others, List<Failure> failures, boolean stopped, Console console) {
        console.say(
                "%s, %d there already, %d failed%s%s",
                made,
                kept,
                failures.size(),
                others == 0 ? "" : ", " + others + " other files left alone",
                stopped ? "; the same command goes on" : "");
        for (Failure failure : failures)
            console.say(
                    "failed: %s%s",
                    failure.message().contains(failure.image()) ? "" : failure.image() + ": ", failure.message());
    }

    private FolderRestoration.Done folder(
            PictureRestoration.Request request, Path maskOut, Existing existing, Console console) throws IOException {
        if (every > 0 || frames != null)
            throw new IllegalArgumentException("--every and --frames are for one picture, not for a folder");
        if (truth != null) throw new IllegalArgumentException("--truth is for one picture, not for a folder");
        if (report != null)
            PictureReport.require(report, Existing.REPLACE); // a folder is gone on with by the same command
        try (RestoreConsole listener = new RestoreConsole(console)) {
            FolderRestoration.Done done = FolderRestoration.run(request, out, maskOut, existing, listener);
            String made = done.restored().size() + " restored";
            tell(made, done.kept(), done.others(), done.failures(), done.stopped(), console);
            if (report != null) new FolderReport(image, done).write(report);
            return done;
        }
    }
}
