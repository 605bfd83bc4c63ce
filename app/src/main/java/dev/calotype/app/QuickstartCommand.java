package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.data.ImageDataset;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Request;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From nothing to a judged model. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description = {
            "Train a diffusion model on drawn rooms, sample it, judge it and write a report.",
            "Needs no data and no network; takes 5.5 minutes to train, and 1 or 2 for the rest on two idle cores."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  calotype quickstart", "  calotype quickstart --set training.minutes=1 --json"})
final class QuickstartCommand extends EngineCommand {
    private static final int GRID = 64;
    private static final int FRAMES = 10;
    private static final long JUDGED_SEED = 1_000_000;

    @Option(names = "--recipe", defaultValue = "quickstart", description = "Default: ${DEFAULT-VALUE}.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Override one value of the recipe.")
    private List<String> overrides = List.of();

    @Option(
            names = "--allow-foreign-judge",
            description = "Judge even by a network, or against pictures, of another data set.")
    private boolean allowForeignJudge;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "runs", description = "Default: ${DEFAULT-VALUE}.")
    private Path runs;

    @Mixin
    private ComputeOptions compute;

    /** The outcome in short. */
    record Summary(
            String run,
            double fid,
            double kid,
            Double coverage,
            double imagesPerSecond,
            double seconds,
            String report) {
        @Override
        public String toString() {
            return report;
        }
    }

    @Override
    Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        if (!(Recipes.read(recipe, null, Recipes.foreign(allowForeignJudge, compute.over(overrides)))
                instanceof GenerativeExperiment experiment))
            throw new IllegalArgumentException("the quickstart wants a recipe of a model of images: " + recipe);
        console.say(
                "First the training, whose time left is shown; then %d images and %d between two are drawn, and %d are judged,"
                        + " each with its own time",
                GRID, FRAMES, experiment.evaluation().images());
        Training.Outcome outcome;
        try (TrainingConsole observer = new TrainingConsole(console)) {
            outcome = Training.start(experiment, runs, observer);
        }
        RunDirectory run = outcome.run();
        Judgement judgement = drawAndJudge(run, console);
        Path report = Report.write(run);
        console.say("%s", Judgements.sentence(judgement));
        console.say("Look at %s", report.toAbsolutePath());
        return new Summary(
                run.toString(),
                judgement.fid(),
                judgement.kid(),
                judgement.coverage(),
                outcome.imagesPerSecond(),
                (System.nanoTime() - begun) * 1e-9,
                report.toString());
    }

    private static Judgement drawAndJudge(RunDirectory run, Console console) throws IOException {
        Placement placement = run.experiment().training().placement();
        try (DrawsImages trained = TrainedFile.open(run.root(), Capability.DRAWS_IMAGES, placement)) {
            GenerativeExperiment experiment = trained.experiment();
            var request = new Request(experiment.sampling(), experiment.seed(), Request.ANY);
            Gallery gallery = new Gallery(trained, console);
            gallery.sample(request, GRID, run.gridFile());
            if (Kinds.capabilities(experiment).contains(Capability.WALKS_BETWEEN))
                gallery.interpolate(request, experiment.seed() + 1, FRAMES, run.interpolationFile());
            var judged = new Request(experiment.sampling(), JUDGED_SEED, Request.ANY);
            try (FeatureNetwork network =
                            FeatureNetworks.open(experiment.evaluation().network(), placement.device());
                    ImageDataset data = DataSets.open(
                            experiment.reference(),
                            experiment.data().size(),
                            experiment.data().channels())) {
                Judgement judgement = new Judge(
                                network,
                                EvaluationProtocol.standard(),
                                experiment.evaluation().foreignJudge(),
                                console)
                        .drawing(
                                trained.drawing(judged),
                                data,
                                experiment.evaluation().images());
                run.write(run.evaluationFile(), judgement);
                return judgement;
            }
        }
    }
}
