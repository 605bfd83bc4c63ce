package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.CellOptions;
import dev.calotype.app.option.Recipes;
import dev.calotype.sweep.RecipeComparison;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains recipes on the same data for the same time, and judges them alike. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Train recipes of any kind on the same data for the same seconds, and compare them in one report: scores with"
                    + " intervals, curves against the clock, samples, interpolations, memory and speed.",
            "Every training has a process of its own. Whatever is done is skipped: kill it at any moment"
                    + " and start it again with the same command."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype compare dcgan-rooms64 improved-ddpm-rooms64 --minutes 20",
            "  calotype compare dcgan-rooms64 improved-ddpm-rooms64 --data bedrooms/ --minutes 30 --seeds 0,1"
        })
final class CompareCommand extends EngineCommand {
    @Parameters(
            paramLabel = "RECIPE",
            arity = "1..*",
            description = "Recipe files, or names of recipes that come with Calotype.")
    private List<String> recipes;

    @Option(names = "--minutes", paramLabel = "N", required = true, description = "Of training, for each.")
    private double minutes;

    @Option(
            names = "--seeds",
            paramLabel = "S[,S...]",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "0",
            description =
                    "Of weights, order and noise; several tell how far a number is chance (default: ${DEFAULT-VALUE}).")
    private List<Long> seeds;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "Trainings at the same time, each with its share of the cores (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Images drawn and judged at the end (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--during",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images drawn and judged eight times in a training (default: ${DEFAULT-VALUE}).")
    private int duringTraining;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the comparison's directory; default the recipes'.")
    private String name;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/comparisons",
            description = "Where that directory is made, or is already (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private CellOptions cells;

    @Override
    protected Object execute(Console console) throws Exception {
        Map<String, Path> paths = paths();
        String called = name == null ? String.join("-and-", paths.keySet()) : name;
        var comparison = new RecipeComparison(called, paths, minutes, seeds, parallel, images, duringTraining);
        Sweep sweep = comparison.sweep(cells.overrides());
        sweep.preflight();
        if (cells.isDryRun()) return new SweepCommand.DryRun(sweep);
        SweepDirectory directory = SweepDirectory.create(out, sweep);
        return new SweepCommand.Table(new TrialProcesses(sweep, directory, console).run());
    }

    private Map<String, Path> paths() {
        Map<String, Path> paths = new LinkedHashMap<>();
        for (String recipe : recipes) {
            Path path = Recipes.find(recipe);
            String label = path.getFileName().toString().replaceFirst("\\.ya?ml$", "");
            if (paths.put(label, path) != null)
                throw new IllegalArgumentException("two recipes have the name " + label + ": rename one of the files");
        }
        return paths;
    }
}
