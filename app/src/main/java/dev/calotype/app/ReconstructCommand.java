package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.latent.Reconstruction;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes pictures through an autoencoder and back. */
@Command(
        name = "reconstruct",
        mixinStandardHelpOptions = true,
        description = {
            "Take pictures through an autoencoder, to latents and back, and tell what is lost: what a diffusion model that works in"
                    + " these latents can show at best.",
            "AUTOENCODER is a run or a checkpoint of the kind autoencoder, the folder of an AutoencoderKL or AutoencoderTiny of diffusers, one with the two files of TAESD, or that"
                    + " of a pipeline."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  calotype reconstruct taef2 photo.jpg other.png --out back/"})
final class ReconstructCommand extends EngineCommand {
    @Parameters(index = "0", paramLabel = "AUTOENCODER", description = "The run, the checkpoint or the folder.")
    private Path autoencoder;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PICTURE", description = "Files of pictures.")
    private List<Path> pictures;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "A folder for what comes back, each as a .png of its name.")
    private Path out;

    @Mixin
    private ComputeOptions compute;

    /** One picture. */
    record Entry(
            String picture,
            String out,
            int width,
            int height,
            double psnr,
            double latentMean,
            double latentDeviation) {}

    /** All of them. */
    record Result(List<Entry> pictures, double meanPsnr) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (Entry e : pictures)
                text.append(String.format(
                        Locale.ROOT,
                        "%6.2f dB  latents %+.2f +- %.2f  %d x %d  %s%n",
                        e.psnr,
                        e.latentMean,
                        e.latentDeviation,
                        e.width,
                        e.height,
                        e.out));
            return text + String.format(Locale.ROOT, "%6.2f dB on average", meanPsnr);
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        requirePlace();
        Placement placement = compute.placement(console);
        List<Entry> entries = new ArrayList<>();
        try (AutoencoderFile opened = AutoencoderFile.open(autoencoder, placement)) {
            Files.createDirectories(out);
            for (Path file : pictures) {
                Picture picture = ImageFiles.decode(file, opened.autoencoder().pictureChannels());
                Reconstruction back = Reconstruction.of(opened.autoencoder(), picture);
                PngFile.write(
                        place(file),
                        back.after(),
                        Map.of(
                                "Software",
                                "Calotype",
                                "autoencoder",
                                autoencoder.toString(),
                                "computed",
                                "on " + placement));
                entries.add(new Entry(
                        file.toString(),
                        place(file).toString(),
                        picture.width(),
                        picture.height(),
                        back.psnr(),
                        back.mean(),
                        back.deviation()));
            }
        }
        return new Result(
                entries, entries.stream().mapToDouble(Entry::psnr).average().orElseThrow());
    }

    private Path place(Path picture) {
        return out.resolve(picture.getFileName().toString().replaceFirst("\\.[^.]+$", "") + ".png");
    }

    /** Nothing is written over, no picture by another, and none that was there. */
    private void requirePlace() throws IOException {
        Set<Path> places = new HashSet<>();
        for (Path picture : pictures) {
            Path place = place(picture);
            if (!places.add(place)) throw new IllegalArgumentException("two pictures would become " + place);
            if (Files.exists(place))
                throw new IOException(place + " is there already: take another folder, or remove it");
        }
    }
}
