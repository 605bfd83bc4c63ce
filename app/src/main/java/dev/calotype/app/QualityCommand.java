package dev.calotype.app;

import dev.calotype.app.bench.QualityRace;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares what two builds learn in the same seconds. */
@Command(
        name = "quality",
        mixinStandardHelpOptions = true,
        description = {
            "Build this commit and another one, let both train a recipe for the same seconds in turns, and judge the pictures of"
                    + " both by this one's judge of rooms, and by wavelets that know nothing of rooms.",
            "Prints the ratio of the FIDs, and after what share of the seconds this one is as good as the other at its end."
                    + " Wants git, a checkout, and a machine that does nothing else. What is not committed takes no part.",
            "CALOTYPE_MAVEN_OPTS adds options to the builds, such as -o."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype bench quality --against HEAD~20",
            "  calotype bench quality --against v0.1 --seeds 3 --parts 0.2,0.3,0.4 --json"
        })
final class QualityCommand extends EngineCommand {
    @Option(names = "--against", paramLabel = "COMMIT", required = true, description = "The commit to compare with.")
    private String against;

    @Option(
            names = "--ours",
            paramLabel = "COMMIT",
            defaultValue = "HEAD",
            description = "The commit to compare (default: ${DEFAULT-VALUE}).")
    private String ours;

    @Option(
            names = "--recipe",
            paramLabel = "NAME",
            defaultValue = "quickstart",
            description = "A recipe of rooms that both have, each its own (default: ${DEFAULT-VALUE}).")
    private String recipe;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "330",
            description = "Of each training (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--parts",
            paramLabel = "SHARE",
            split = ",",
            defaultValue = "0.2,0.4",
            description = "Shares of the seconds for which this one trains besides (default: ${DEFAULT-VALUE}).")
    private List<Double> parts;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = {"-n", "--images"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "Drawn of each model and judged (default: ${DEFAULT-VALUE}).")
    private int images;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where runs and pictures are kept; default a folder for temporary files.")
    private Path out;

    @Override
    protected Object execute(Console console) throws Exception {
        var request = new QualityRace.Request(ours, against, recipe, seconds, parts, seeds, images);
        Path work = out == null ? Files.createTempDirectory("calotype-quality-") : out;
        Files.createDirectories(work);
        console.say("Runs and pictures: %s", work.toAbsolutePath());
        Path repository = Path.of(System.getProperty("calotype.home", "")).toAbsolutePath();
        return QualityRace.run(request, repository, work.toAbsolutePath(), line -> console.say("%s", line));
    }
}
