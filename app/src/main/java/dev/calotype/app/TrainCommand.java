package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.app.cluster.RankOptions;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.Recipes;
import dev.calotype.app.recognition.Classifiers;
import dev.calotype.collective.Ranks;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.judge.Naming;
import dev.calotype.run.Preflight;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Training;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains what a recipe describes. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train what a recipe describes, or go on with a run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype train quickstart --set training.minutes=2",
            "  calotype train my.yaml --data photos/ --set data.size=64 --out runs",
            "  calotype train --resume runs/quickstart-001",
            "  calotype train --resume runs/quickstart-001 --set training.minutes=60",
            "  calotype train cifar10 --world 3 --store node1:29500"
        })
final class TrainCommand extends EngineCommand {
    private static final class Start {
        @Parameters(paramLabel = "RECIPE", description = "A YAML file, or the name of one under recipes/.")
        private String recipe;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "runs",
                description = "Where the run directory is made (default: ${DEFAULT-VALUE}).")
        private Path runs;
    }

    private static final class Source {
        @ArgGroup(exclusive = false)
        private Start start;

        @Option(names = "--resume", paramLabel = "RUN", description = "Go on with this run from its last checkpoint.")
        private Path resume;
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source;

    @Option(names = "--data", paramLabel = "PATH", description = "The data set, in place of the recipe's.")
    private String data;

    @Option(
            names = "--from",
            paramLabel = "PATH",
            description = "What a classifier begins with: a run, or weights of transformers or timm (init.from).")
    private String from;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = {
                "Override one value of the recipe, such as training.batch=16; may be repeated.",
                "With --resume it holds from there on, and is recorded."
            })
    private List<String> overrides = List.of();

    @Option(
            names = "--allow-foreign-judge",
            description = "Judge even by a network, or against pictures, of another data set.")
    private boolean allowForeignJudge;

    @Option(names = "--dry-run", description = "Check the recipe, print it with every value resolved, and stop.")
    private boolean dryRun;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private RankOptions others;

    private void requireClassifier() {
        Experiment plain = Recipes.read(source.start.recipe, null, overrides);
        if (!Classifiers.isOne(plain))
            throw new IllegalArgumentException("--from is of classifiers, and " + source.start.recipe + " is of kind "
                    + Kinds.of(plain).name() + ": calotype finetune " + from
                    + " --data DATA goes on with a trained model");
    }

    @Override
    protected Object execute(Console console) throws Exception {
        List<String> all =
                Recipes.overrides(data, from, null, Recipes.foreign(allowForeignJudge, compute.over(overrides)));
        if (from != null && source.resume != null)
            throw new IllegalArgumentException("`from` is for trainings that begin, not for `resume`: " + from);
        if (from != null) requireClassifier();
        RunDirectory run = source.resume == null ? null : RunDirectory.open(source.resume);
        Experiment experiment =
                run == null ? Recipe.read(Recipes.find(source.start.recipe), all) : Training.changed(run, all);
        if (run == null) experiment.requireTrainable();
        if (others.world() > 1) Training.requireShared(experiment, others.world());
        if (dryRun) new Preflight().check(experiment);
        if (dryRun) return new DryRun(Recipe.write(experiment));
        try (Ranks ranks = others.join(spec(), console);
                TrainingConsole observer = new TrainingConsole(console)) {
            Training.Outcome outcome = run == null
                    ? Training.start(experiment, source.start.runs, observer, ranks)
                    : Training.resume(run, all, observer, ranks);
            if (!observer.wasFinished())
                console.say(
                        "%s after %d steps in %s, %.1f images/s, loss %.4f, peak memory %d MB",
                        outcome.finished() ? "Done" : "Stopped",
                        outcome.step(),
                        Console.duration(outcome.seconds()),
                        outcome.imagesPerSecond(),
                        outcome.loss(),
                        ProcessMemory.peak().orElse(0) >> 20);
            return new Trained(outcome, tested(experiment, outcome, console));
        }
    }

    /** The share of its test pictures that a classifier names rightly, once it is trained; null of other models. */
    private static Double tested(Experiment experiment, Training.Outcome outcome, Console console) throws IOException {
        if (!outcome.finished() || !Classifiers.isOne(experiment)) return null;
        RunDirectory run = outcome.run();
        Optional<Naming> known = run.naming();
        Placement placement = experiment.training().placement();
        Naming naming = known.isPresent() && outcome.imagesPerSecond() == 0
                ? known.get()
                : Classifiers.test(run.root(), placement, console);
        console.say("%s", Classifiers.sentence(naming));
        Classifiers.keep(run, naming);
        return naming.classification().top1();
    }

    /** The recipe with every value resolved. */
    record DryRun(String experiment) {
        @Override
        public String toString() {
            return experiment.stripTrailing();
        }
    }

    /**
     * What a program wants to know of a training.
     *
     * @param accuracy of a classifier on the pictures that it is tested on
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Trained(
            String run,
            long step,
            double seconds,
            double imagesPerSecond,
            double loss,
            String weights,
            boolean finished,
            Double accuracy) {
        Trained(Training.Outcome outcome, Double accuracy) {
            this(
                    outcome.run().toString(),
                    outcome.step(),
                    outcome.seconds(),
                    outcome.imagesPerSecond(),
                    outcome.loss(),
                    outcome.weightsHash(),
                    outcome.finished(),
                    accuracy);
        }

        @Override
        public String toString() {
            return run;
        }
    }
}
