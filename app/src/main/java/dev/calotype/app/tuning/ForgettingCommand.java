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
import dev.calotype.tuning.TextRetention;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
                    + " One row each: FID, identity, diversity, copies, seconds, bytes.",
            "Models that are told texts draw the captions of --captions, and --clip says how well: BASE may be a pipeline of Stable Diffusion, RUN"
                    + " then a file of an adapter too; or BASE a chain or a decoder, RUN a decoder or a prior."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype forgetting runs/rooms-001 runs/gems-lora-001 runs/gems-full-001 --held-out gems-test/ --out forgotten.md",
            "  calotype forgetting stable-diffusion-v1-5 runs/gems-lora-001 --held-out gems-test/ --prompt \"a photo of a gem\" --captions photographs/"
                    + " --clip clip-vit-base-patch32 -n 64 --size 256 --steps 25"
        })
public final class ForgettingCommand extends EngineCommand {
    private static final int USUAL = 500;

    @Parameters(
            index = "0",
            paramLabel = "BASE",
            description = "What was begun with: a run or checkpoint, with --captions also a chain or a pipeline.")
    private Path base;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "RUN",
            description = "Fine-tuned runs or checkpoints; of a pipeline also files of adapters.")
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
            description =
                    "Pictures drawn of each, of what was known and of the subject (default: 500; with --captions 64).")
    private Integer images;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "Weight of classifier-free guidance that all are drawn with; default that of each recipe.")
    private Double guidance;

    @Option(
            names = "--steps",
            paramLabel = "K",
            description = "Noise levels visited by all; default those of each recipe or pipeline.")
    private Integer steps;

    @Option(names = "--out", paramLabel = "FILE", description = "A new .md file for the table.")
    private Path out;

    @Mixin
    private TextOptions texts;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        if (out != null) OutputFile.requireNew(out);
        if (texts.given() && (general != null || network != null))
            throw new IllegalArgumentException("--general and --network would do nothing with --captions: "
                    + (general == null ? network : general));
        List<Retained> rows = texts.given() ? byTexts(console) : byClasses(console);
        Measured measured = new Measured(rows);
        if (out != null) AtomicFile.write(out, measured + "\n");
        return measured;
    }

    private List<Retained> byClasses(Console console) throws Exception {
        texts.requireUnused(base);
        GenerativeExperiment experiment = TrainedFile.generative(base);
        return new Retention(
                        heldOut,
                        general == null ? experiment.reference() : general,
                        network == null ? experiment.evaluation().network() : network,
                        images == null ? USUAL : images,
                        seed,
                        sampling(),
                        compute.placement(console),
                        console)
                .of(base, runs);
    }

    private List<Retained> byTexts(Console console) throws Exception {
        int count = images == null ? TextOptions.USUAL : images;
        TextRetention retention =
                texts.retention(heldOut, count, seed, sampling(), compute.placement(console), console);
        TextRetention.Measured measured = retention.of(base, texts.files(base), runs);
        if (measured.captions() < count)
            console.say("Note: there are %d captions that pictures were drawn of", measured.captions());
        if (measured.unreadable() > 0)
            console.say("Note: %d pictures cannot be read and are passed over", measured.unreadable());
        if (measured.cut() > 0) console.say("Note: %d captions are longer than the text encoder reads", measured.cut());
        return measured.models();
    }

    private Map<String, String> sampling() {
        Map<String, String> asked = new LinkedHashMap<>();
        if (guidance != null) asked.put("guidance", guidance.toString());
        if (steps != null) asked.put("steps", steps.toString());
        return asked;
    }

    /** The rows. */
    record Measured(List<Retained> models) {
        @Override
        public String toString() {
            return new RetentionTable(models).toString();
        }
    }
}
