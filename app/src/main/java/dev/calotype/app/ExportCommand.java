package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
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
            "In Python, DiffusionPipeline.from_pretrained(FOLDER) opens it. What it draws otherwise than sample does is said in"
                    + " a sentence each."
        },
        footerHeading = "%nExamples:%n",
        footer = "  calotype export runs/quickstart-001 --to quickstart-diffusers")
final class ExportCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(names = "--to", paramLabel = "FOLDER", required = true, description = "A new or empty folder.")
    private Path to;

    /** What was written. */
    record Exported(String folder, long step, List<String> notes) {
        @Override
        public String toString() {
            return folder;
        }
    }

    @Override
    Object execute(Console console) throws Exception {
        var placement = new Placement(Device.CPU, Precision.FP32);
        try (WritesPipeline model = TrainedFile.open(run, WritesPipeline.CAPABILITY, placement)) {
            List<String> notes = model.writePipeline(to);
            notes.forEach(note -> console.say("%s", note));
            return new Exported(to.toString(), model.step(), notes);
        }
    }
}
