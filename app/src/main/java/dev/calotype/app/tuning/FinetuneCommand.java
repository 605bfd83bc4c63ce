package dev.calotype.app.tuning;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.drawing.PipelinePictures;
import dev.calotype.drawing.PriorPictures;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.run.Adapters;
import dev.calotype.run.FineTuning;
import dev.calotype.run.Preflight;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.settings.Yaml;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Goes on with a model and pictures of one's own. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        description = {
            "Begin with a trained model and go on with other pictures, of all of its weights or of a few: the recipe is that of the model, but for what"
                    + " is said here.",
            "Folders that are named by a class it does not know become new classes. The result is a run like any other; one of lora, dora or"
                    + " partial holds only what it learned, and wants its base where it was, or beside it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype finetune runs/rooms-001 --data gems/ --out runs",
            "  calotype finetune runs/rooms-001 --data gems/ --method lora --rank 4 --steps 300 --rehearse rooms --set training.batch=16",
            "  calotype finetune runs/rooms-001 --data gems/ --method partial --layers out --layers \"decoder.*\"",
            "  calotype sample runs/rooms-lora-001 --class gem --out gems.png",
            "  calotype finetune stable-diffusion-v1-5 --data gems/ --prompt \"a photo of a gem\" --set data.size=256"
        })
public final class FinetuneCommand extends EngineCommand {
    private static final String ADAPTER = "adapter.safetensors";

    @Parameters(
            paramLabel = "RUN",
            description =
                    "What is begun with: a run directory, a checkpoint file, or the folder or file of a text-to-image pipeline.")
    private Path base;

    @Option(names = "--data", paramLabel = "PATH", required = true, description = "What is learned from, as for train.")
    private String data;

    @Option(
            names = "--method",
            paramLabel = "M",
            description =
                    "full: all weights; partial: those of --layers; lora: two small factors of each; dora: the same and the lengths of rows"
                            + " (default: lora; with --token the word alone).")
    private Method method;

    @Option(
            names = "--layers",
            paramLabel = "PATTERN",
            description =
                    "Weights that learn, or get factors: whole parts of their names between dots, * for anything; may be repeated. Default all that are"
                            + " as wide as --rank, of a pipeline its attentions.")
    private List<String> layers = List.of();

    @Option(names = "--rank", paramLabel = "R", description = "Of the factors (default: 8).")
    private Integer rank;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description = "A / R is how much factors count; default as much as --rank.")
    private Double alpha;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "Of a pipeline: what is told of pictures that have no caption of their own.")
    private String prompt;

    @Option(
            names = "--text-encoders",
            description =
                    "Of a pipeline: its text encoders get factors too, of their attentions where --layers says nothing.")
    private boolean encoders;

    @Mixin
    private WordOptions word;

    @Option(names = "--steps", paramLabel = "N", description = "How long (default: 500).")
    private Long steps;

    @Option(
            names = "--rehearse",
            paramLabel = "PATH",
            description = "A data set that the model knows, from which it learns beside, so that it is not forgotten.")
    private String rehearsal;

    @Option(
            names = "--rehearse-drawn",
            paramLabel = "N",
            description = "The same with N pictures that the model draws itself before (prior preservation).")
    private Integer drawn;

    @Option(
            names = "--rehearse-prompt",
            paramLabel = "TEXT",
            description = "Of a pipeline: what the pictures of --rehearse-drawn are to show.")
    private String rehearsalPrompt;

    @Option(
            names = "--rehearse-share",
            paramLabel = "S",
            description = "The share of what is rehearsed of all pictures (default: 0.5).")
    private Double share;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Override one value of the recipe, such as training.learningRate=0.0005; may be repeated.")
    private List<String> overrides = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where the run directory is made (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Option(names = "--dry-run", description = "Check the recipe, print it with every value resolved, and stop.")
    private boolean dryRun;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        boolean piped = TextPipelines.installed().isOne(base);
        word.require(piped, base);
        boolean alone = method == null && word.given();
        if (alone && !layers.isEmpty())
            throw new IllegalArgumentException(
                    "--layers must be given with --method where --token is, which learns the word alone otherwise: "
                            + String.join(", ", layers));
        if (alone) layers = List.of("word");
        if (method == null) method = alone ? Method.PARTIAL : Method.LORA;
        require(piped);
        List<String> all = overrides();
        word.add(all);
        if (alone) all.add(0, "training.learningRate=0.0005"); // as textual_inversion.py
        if (drawn != null && !dryRun)
            all.add("training.tune.rehearsal.source="
                    + Yaml.quoted((piped ? piped(console, all) : drawn(console)).toString()));
        all.addAll(compute.over(overrides));
        Experiment experiment = piped
                ? TextPipelines.installed().tuning(base, data, method, all)
                : FineTuning.recipe(base, data, method, all);
        experiment.requireTrainable();
        if (dryRun) {
            new Preflight().check(experiment);
            return Recipe.write(experiment).stripTrailing();
        }
        try (TrainingConsole observer = new TrainingConsole(console)) {
            Training.Outcome outcome = Training.start(experiment, runs, observer);
            console.say(
                    "%s after %d steps in %s, %.1f images/s, loss %.4f",
                    outcome.finished() ? "Done" : "Stopped",
                    outcome.step(),
                    Console.duration(outcome.seconds()),
                    outcome.imagesPerSecond(),
                    outcome.loss());
            return new Tuned(outcome, piped ? adapter(outcome, console) : null);
        }
    }

    private void require(boolean piped) {
        if (method == Method.PARTIAL && layers.isEmpty())
            throw new IllegalArgumentException("--layers must name what learns where --method is partial: nothing");
        if (!method.factored() && (rank != null || alpha != null))
            throw new IllegalArgumentException(
                    "--rank and --alpha would do nothing where --method is neither lora nor dora: "
                            + (rank == null ? alpha : rank));
        if (prompt != null && !piped)
            throw new IllegalArgumentException("--prompt would do nothing: " + base + " is no text-to-image pipeline");
        if (encoders && !piped)
            throw new IllegalArgumentException(
                    "--text-encoders would do nothing: " + base + " is no text-to-image pipeline");
        if (rehearsal != null && drawn != null)
            throw new IllegalArgumentException("--rehearse and --rehearse-drawn exclude each other: " + rehearsal);
        if ((rehearsalPrompt != null) != (piped && drawn != null))
            throw new IllegalArgumentException(
                    "--rehearse-prompt must be given with --rehearse-drawn and a pipeline, and nowhere else: "
                            + (rehearsalPrompt == null ? "nothing" : rehearsalPrompt));
        if (share != null && rehearsal == null && drawn == null)
            throw new IllegalArgumentException("--rehearse-share would do nothing without --rehearse: " + share);
    }

    private List<String> overrides() {
        List<String> all = new ArrayList<>();
        if (!layers.isEmpty())
            all.add("training.tune.layers=["
                    + String.join(", ", layers.stream().map(Yaml::quoted).toList()) + "]");
        if (rank != null) all.add("training.tune.rank=" + rank);
        if (rank != null || alpha != null) all.add("training.tune.alpha=" + (alpha == null ? (double) rank : alpha));
        if (prompt != null) all.add("texts.prompt=" + Yaml.quoted(prompt));
        if (encoders) all.add("texts.encoders=learned");
        if (steps != null) all.add("training.steps=" + steps);
        if (rehearsal != null) all.add("training.tune.rehearsal.source=" + Yaml.quoted(rehearsal));
        if (share != null) all.add("training.tune.rehearsal.share=" + share);
        return all;
    }

    /** What other programs load, beside the checkpoints. */
    private List<String> adapter(Training.Outcome outcome, Console console) throws IOException {
        Path run = outcome.run().root();
        if (!outcome.finished()) {
            console.say(
                    "Go on with: calotype train --resume %s%s",
                    run,
                    method.factored() || word.given()
                            ? ", then calotype adapters export " + run + " --out " + run.resolve(ADAPTER)
                            : "");
            return List.of();
        }
        if (!Adapters.isAddable(run)) {
            console.say("Learned whole weights, which no adapter holds: only imagine %s draws with all of it", run);
            return List.of();
        }
        List<String> written = Adapters.export(run, run.resolve(ADAPTER)).stream()
                .map(Path::toString)
                .toList();
        console.say("Learned, for imagine and for diffusers: %s", String.join(", ", written));
        return written;
    }

    /** Pictures of the pipeline with the side that will be learned at. */
    private Path piped(Console console, List<String> overrides) throws IOException {
        List<String> all = new ArrayList<>(overrides);
        all.addAll(this.overrides);
        int side =
                TextPipelines.installed().tuning(base, data, method, all).data().size();
        TextPipeline model = TextPipelines.installed().open(base, Additions.NONE);
        String fingerprint = TextPipelines.installed().fingerprint(base);
        var wanted = new PipelinePictures.Wanted(fingerprint, rehearsalPrompt, side, drawn);
        return PipelinePictures.draw(model, wanted, runs, compute.placement(console), console);
    }

    private Path drawn(Console console) throws IOException {
        try (DrawsImages model = TrainedFile.open(base, Capability.DRAWS_IMAGES, compute.placement(console))) {
            return PriorPictures.draw(model, drawn, runs, console);
        }
    }

    /**
     * What a program wants to know of a fine-tuning.
     *
     * @param adapter what other programs load; null where they load none
     */
    record Tuned(
            String run,
            long step,
            double seconds,
            double loss,
            String weights,
            boolean finished,
            List<String> adapter) {
        Tuned(Training.Outcome outcome, List<String> adapter) {
            this(
                    outcome.run().toString(),
                    outcome.step(),
                    outcome.seconds(),
                    outcome.loss(),
                    outcome.weightsHash(),
                    outcome.finished(),
                    adapter);
        }

        @Override
        public String toString() {
            return run;
        }
    }
}
