package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.Recipes;
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
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.train.LearningRate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From nothing to a judged model. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description = {
            "Train a diffusion model on drawn rooms, sample it, judge it and write a report.",
            "Needs no data and no network. Rehearses first, says how long it will take here, and trains for less where it would"
                    + " not end within --within."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  calotype quickstart", "  calotype quickstart --set training.minutes=1 --json"})
final class QuickstartCommand extends EngineCommand {
    static final String NAME = "quickstart", WITHIN = "6.75";
    static final int GRID = 64;
    private static final int FRAMES = 10;
    private static final long JUDGED_SEED = 1_000_000;

    @Option(names = "--recipe", defaultValue = NAME, description = "Default: ${DEFAULT-VALUE}.")
    private String recipe;

    @Option(names = "--set", paramLabel = "key=value", description = "Override one value of the recipe.")
    private List<String> overrides = List.of();

    @Option(
            names = "--within",
            paramLabel = "MINUTES",
            defaultValue = WITHIN,
            description = "In which to be done, as far as half of the training suffices for it; 0 for any time. A"
                    + " training.minutes or training.steps of your own is left as it is (default: ${DEFAULT-VALUE}).")
    private double within;

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
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        Check.that(within >= 0, "within must be at least 0", within);
        GenerativeExperiment experiment = planned(console);
        Training.Outcome outcome;
        try (TrainingConsole observer = new TrainingConsole(console)) {
            outcome = Training.start(experiment, runs, observer);
        }
        RunDirectory run = outcome.run();
        Judgement judgement = drawAndJudge(run, console);
        Path report = Report.write(run);
        console.say("%s", judgement.sentence());
        console.say("Look at %s", report.toAbsolutePath());
        return new Summary(
                run.toString(),
                judgement.score("fid"),
                judgement.score("kid"),
                judgement.score("coverage"),
                outcome.imagesPerSecond(),
                (System.nanoTime() - begun) * 1e-9,
                report.toString());
    }

    /** The experiment, shortened if it must be, after it was said what it will take. */
    private GenerativeExperiment planned(Console console) throws IOException {
        List<String> asked = Recipes.foreign(allowForeignJudge, compute.over(overrides));
        GenerativeExperiment meant = read(asked);
        console.say("A rehearsal of some seconds, to know this machine");
        Forecast forecast = Forecast.of(meant);
        int pictures = pictures(meant);
        double minutes = forecast.minutes(meant.training().minutes(), within, pictures);
        boolean own = overrides.stream().anyMatch(each -> each.matches("training\\.(minutes|steps)=.*"));
        boolean shorter = within > 0 && !own && minutes < meant.training().minutes();
        GenerativeExperiment experiment = shorter ? read(with(asked, "training.minutes=" + minutes)) : meant;
        long seen = forecast.seen(experiment.training());
        double training = seen / forecast.learned();
        double after = forecast.after(pictures);
        console.say(
                "This machine learns from about %.3g pictures a second and draws about %.3g: %s of training, in which %d are seen,"
                        + " then about %s to draw %d pictures and judge them; done in about %s, at %s",
                forecast.learned(),
                forecast.drawn(),
                Console.duration(training),
                seen,
                Console.duration(after),
                pictures,
                Console.duration(training + after),
                LocalTime.now(ZoneId.systemDefault())
                        .plusSeconds((long) (training + after))
                        .format(DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)));
        if (shorter)
            console.say(
                    "The training is shortened from %s to end in time; --within 0 leaves it",
                    Console.duration(60 * meant.training().minutes()));
        console.say(
                "samples/learning.png of the run shows what it can draw so far%s",
                experiment.training().decay() == LearningRate.Decay.CONSTANT
                        ? ""
                        : "; pictures become clear towards the end, as the learning rate falls");
        return experiment;
    }

    /** All that are drawn after the training. */
    static int pictures(GenerativeExperiment experiment) {
        return GRID + FRAMES + experiment.evaluation().images();
    }

    private GenerativeExperiment read(List<String> overrides) throws IOException {
        return Recipes.read(recipe, null, overrides)
                .generative()
                .orElseThrow(() ->
                        new IllegalArgumentException("the quickstart wants a recipe of a model of images: " + recipe));
    }

    private static List<String> with(List<String> overrides, String another) {
        return Stream.concat(overrides.stream(), Stream.of(another)).toList();
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
