package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.adaptive.AdaptiveTraining;
import dev.calotype.adaptive.AdaptiveTrainingRun;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.StudyConsole;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.drawing.InterpolationStudy;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Sampling;
import dev.calotype.experiment.Stepwise;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.report.Report;
import dev.calotype.report.ReportFormat;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.study.Study;
import dev.calotype.study.StudyDirectory;
import dev.calotype.study.StudyRun;
import dev.calotype.study.StudyTable;
import dev.calotype.study.Trial;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into what a model has learned, and into how well methods restore. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Look into what a model has learned, or compare ways to restore pictures.",
        subcommands = {StudyCommand.InterpolationPaths.class, StudyCommand.Restorations.class, StudyCommand.Ends.class})
final class StudyCommand {
    /** Compares two ways between two samples. */
    @Command(
            name = "interpolation",
            mixinStandardHelpOptions = true,
            description = {
                "Walk from one sample's noise to another's, on the straight line and on the arc, and measure both.",
                "Reports the norm of every latent, the contrast of every image and the length of the path in features, and"
                        + " says what they mean. Draws with DDIM. The result is kept in the run and in its report."
            },
            footerHeading = "%nExamples:%n",
            footer = "  calotype study interpolation runs/quickstart-001 --seeds 1,2")
    static final class InterpolationPaths extends EngineCommand {
        @Parameters(paramLabel = "RUN", description = "A run directory.")
        private Path run;

        @Option(
                names = "--seeds",
                paramLabel = "A,B",
                split = ",",
                hideParamSyntax = true,
                required = true,
                description = "The seeds of the ends.")
        private List<Long> seeds;

        @Option(
                names = "--frames",
                paramLabel = "N",
                defaultValue = "10",
                description = "Images of each way, both ends included (default: ${DEFAULT-VALUE}).")
        private int frames;

        @Option(
                names = "--steps",
                paramLabel = "K",
                defaultValue = "50",
                description = "Steps of DDIM (default: ${DEFAULT-VALUE}).")
        private int steps;

        @Option(names = "--network", paramLabel = "NAME", description = "The feature network; default the recipe's.")
        private String network;

        @Mixin
        private ComputeOptions compute;

        @Override
        protected Object execute(Console console) throws Exception {
            if (seeds.size() != 2) throw new IllegalArgumentException("--seeds wants two numbers A,B: " + seeds);
            RunDirectory directory = RunDirectory.open(run);
            Placement placement = compute.placement(console);
            GenerativeExperiment experiment = TrainedFile.generative(run);
            try (WalksBetween trained = TrainedFile.open(run, Capability.WALKS_BETWEEN, placement);
                    FeatureNetwork features = FeatureNetworks.open(named(experiment), placement.device())) {
                int used = experiment instanceof Stepwise process ? Math.min(steps, process.steps()) : steps;
                Sampling ddim =
                        experiment.sampling(Map.of("sampler", "ddim", "steps", "" + used, "eta", "0", "guidance", "1"));
                var request = new Request(ddim, seeds.get(0), Request.ANY);
                InterpolationStudy.Drawn drawn =
                        InterpolationStudy.of(trained, features, request, seeds.get(1), frames);
                drawn.write(directory);
                Report.write(directory);
                return new Studied(drawn.study(), directory.studyPicture().toString());
            }
        }

        private String named(GenerativeExperiment experiment) {
            return network != null ? network : experiment.evaluation().network();
        }
    }

    /** Compares methods of restoration. */
    @Command(
            name = "restore",
            mixinStandardHelpOptions = true,
            description = {
                "Compare methods of restoration over pictures, degradations and seeds, in one table.",
                "Whatever is done is skipped: kill it at any moment and start it again with the same command."
            },
            footerHeading = "%nExamples:%n",
            footer = "  calotype study restore recipes/studies/restore-stopping.yaml")
    static final class Restorations extends EngineCommand {
        @Parameters(paramLabel = "FILE", description = "A study file.")
        private Path file;

        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "runs/studies",
                description = "Where the study's directory is made, or is already (default: ${DEFAULT-VALUE}).")
        private Path out;

        @Option(names = "--dry-run", description = "Check the study, list the trials, and stop.")
        private boolean dryRun;

        @Override
        protected Object execute(Console console) throws Exception {
            Study plan = Study.read(file);
            if (dryRun)
                return new SweepCommand.DryRun(
                        plan.trials().stream().map(Trial::id).toList());
            StudyDirectory directory = StudyDirectory.create(out, plan);
            console.say(
                    "%s: %d trials, %d at a time, in %s",
                    plan.name(), plan.trials().size(), plan.plan().parallel(), directory.root());
            StudyTable table = new StudyRun(plan, directory, new StudyConsole(console)).run();
            console.say("Look at %s", Report.write(directory.root(), ReportFormat.HTML));
            return new Compared(table);
        }
    }

    /** Compares trainings whose forward processes end at different places. */
    @Command(
            name = "adaptive-training",
            mixinStandardHelpOptions = true,
            description = {
                "Train diffusion that ends at noise, and diffusion that ends at estimates of each picture, side by side.",
                "Drawn rooms of 32 px are damaged; estimates are untrained networks fitted to each. Says how good the"
                        + " restorations of other rooms are after 25, 50, 100, ... steps."
            },
            footerHeading = "%nExamples:%n",
            footer = "  calotype study adaptive-training --degradation down:4 --steps 800")
    static final class Ends extends EngineCommand {
        @Option(
                names = "--degradation",
                paramLabel = "TEXT",
                defaultValue = "down:4",
                description = "What is done to the rooms, the same for all (default: ${DEFAULT-VALUE}).")
        private String degradation;

        @Option(
                names = "--pictures",
                paramLabel = "N",
                defaultValue = "512",
                description = "Rooms to train on (default: ${DEFAULT-VALUE}).")
        private int pictures;

        @Option(
                names = "--steps",
                paramLabel = "N",
                defaultValue = "800",
                description = "Of each training, at least 25 (default: ${DEFAULT-VALUE}).")
        private int steps;

        @Option(
                names = "--seeds",
                paramLabel = "S[,S...]",
                split = ",",
                hideParamSyntax = true,
                defaultValue = "0,1,2",
                description = "Of weights, order and noise (default: ${DEFAULT-VALUE}).")
        private List<Long> seeds;

        @Override
        protected Object execute(Console console) throws Exception {
            try (RoomsJudge judge = RoomsJudge.builtIn(Device.CPU)) {
                return new Raced(new AdaptiveTrainingRun(degradation, pictures, steps, seeds, judge).run(console));
            }
        }
    }

    /** A race whose text is Markdown. */
    record Raced(@JsonUnwrapped AdaptiveTraining training, List<AdaptiveTraining.Lead> leads) {
        Raced(AdaptiveTraining training) {
            this(training, training.leads());
        }

        @Override
        public String toString() {
            return training.markdown().stripTrailing();
        }
    }

    /** A table whose text is Markdown. */
    record Compared(@JsonUnwrapped StudyTable table) {
        @Override
        public String toString() {
            return table.markdown().stripTrailing();
        }
    }

    /** A study whose text is its explanation. */
    record Studied(@JsonUnwrapped InterpolationStudy study, String picture) {
        @Override
        public String toString() {
            return String.join(System.lineSeparator(), study.explanation()) + System.lineSeparator() + picture;
        }
    }
}
