package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.offer.RemovesNoise;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.io.OutputFile;
import dev.calotype.restoration.DenoiserFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a model for others. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Write the averaged weights of a diffusion model as a pipeline of diffusers: model_index.json, unet/, scheduler/.",
            "Of an autoencoder, the folder of an AutoencoderKL or AutoencoderTiny. Of a denoiser, its file: what restore --denoiser reads.",
            "In Python, DiffusionPipeline.from_pretrained(FOLDER) opens the first, AutoencoderKL.from_pretrained(FOLDER) the second. What"
                    + " diffusers does otherwise is said in a sentence each."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype export runs/quickstart-001 --to quickstart-diffusers",
            "  calotype export runs/autoencoder-rooms-001 --to rooms-vae",
            "  calotype export runs/denoiser-001 --to denoiser.safetensors"
        })
final class ExportCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            required = true,
            description = "A new or empty folder; of a denoiser, a file.")
    private Path to;

    /** What was written. */
    record Exported(String folder, long step, List<String> notes) {
        @Override
        public String toString() {
            return folder;
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        var placement = new Placement(Device.CPU, Precision.FP32);
        if (Kinds.capabilities(TrainedFile.experiment(run)).contains(RemovesNoise.CAPABILITY))
            return denoiser(placement);
        try (WritesPipeline model = TrainedFile.open(run, WritesPipeline.CAPABILITY, placement)) {
            List<String> notes = model.writePipeline(to);
            notes.forEach(note -> console.say("%s", note));
            return new Exported(to.toString(), model.step(), notes);
        }
    }

    private Exported denoiser(Placement placement) throws IOException {
        OutputFile.require(to, OutputFile.Existing.REFUSE);
        try (RemovesNoise model = TrainedFile.open(run, RemovesNoise.CAPABILITY, placement)) {
            DenoiserFile.write(model, to);
            return new Exported(to.toString(), model.step(), List.of());
        }
    }
}
