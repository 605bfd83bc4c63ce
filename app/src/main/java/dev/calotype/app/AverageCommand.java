package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.io.OutputFile;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Snapshots;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Chooses how far the average of a training's weights looks back, after the training. */
@Command(
        name = "average",
        mixinStandardHelpOptions = true,
        description = {
            "Put together an average of the weights of a training, of any length, afterwards (Karras et al. 2024).",
            "The run must have been trained with training.snapshots of about 10. The file is a checkpoint: name it where a run is"
                    + " asked for."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype train quickstart --set training.snapshots=10",
            "  calotype average runs/quickstart-001 --length 0.07 --out length-7.safetensors",
            "  calotype evaluate length-7.safetensors"
        })
final class AverageCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run;

    @Option(
            names = "--length",
            paramLabel = "L",
            required = true,
            description = "The spread of the average as a share of the training, 0.01..0.25.")
    private double length;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "A new file.")
    private Path out;

    /** What was written. */
    record Averaged(String file, double length, long step) {
        @Override
        public String toString() {
            return file;
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        OutputFile.requireNew(out);
        long step = Snapshots.of(RunDirectory.open(run)).average(length, out);
        return new Averaged(out.toString(), length, step);
    }
}
