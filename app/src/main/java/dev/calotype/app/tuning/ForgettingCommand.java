package dev.calotype.app.tuning;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.OutputFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.tuning.Retained;
import dev.calotype.tuning.Retention;
import dev.calotype.tuning.RetentionTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures what fine-tuning has cost. */
@Command(
        name = "forgetting",
        mixinStandardHelpOptions = true,
        description = {
            "Measure a base and what was fine-tuned of it by one ruler: how well each still draws what the base knew, and how well the new subject."
                    + " One row each: FID, identity, diversity, copies, seconds, bytes."
        },
        footerHeading = "%nExamples:%n",
        footer =
                "  calotype forgetting runs/rooms-001 runs/gems-lora-001 runs/gems-full-001 --held-out gems-test/ --out forgotten.md")
public final class ForgettingCommand extends EngineCommand {
    @Parameters(index = "0", paramLabel = "BASE", description = "The run or checkpoint that was begun with.")
    private Path base;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "RUN", description = "Fine-tuned runs or checkpoints.")
    private List<Path> runs;

    @Option(
            names = "--held-out",
            paramLabel = "PATH",
            required = true,
            description = "Pictures of the subject that none has learned from.")
    private String heldOut;

    @Option(
            names = "--general",
            paramLabel = "PATH",
            description = "Real pictures of what the base knew; default what the base is judged against.")
    private String general;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "What tells pictures apart, as for evaluate; default that of the base.")
    private String network;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "500",
            description = "Pictures drawn of each, of what was known and of the subject (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "Weight of classifier-free guidance that all are drawn with; default that of each recipe.")
    private Double guidance;

    @Option(names = "--out", paramLabel = "FILE", description = "A new .md file for the table.")
    private Path out;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        if (out != null) OutputFile.requireNew(out);
        GenerativeExperiment experiment = TrainedFile.generative(base);
        Retention retention = new Retention(
                heldOut,
                general == null ? experiment.reference() : general,
                network == null ? experiment.evaluation().network() : network,
                images,
                seed,
                guidance == null ? Map.of() : Map.of("guidance", guidance.toString()),
                compute.placement(console),
                console);
        List<Retained> rows = retention.of(base, runs);
        Measured measured = new Measured(rows);
        if (out != null) AtomicFile.write(out, measured + "\n");
        return measured;
    }

    /** The rows. */
    record Measured(List<Retained> models) {
        @Override
        public String toString() {
            return new RetentionTable(models).toString();
        }
    }
}
