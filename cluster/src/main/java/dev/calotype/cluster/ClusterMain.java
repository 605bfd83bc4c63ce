package dev.calotype.cluster;

import dev.calotype.experiment.Belonging.Foreign;
import dev.calotype.experiment.RecipeFiles;
import dev.calotype.experiment.Request;
import dev.calotype.io.Reason;
import dev.calotype.judge.DuringTraining;
import dev.calotype.judge.Judgement;
import dev.calotype.settings.Check;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code spark-submit} starts: the command line of a cluster. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Train, draw, judge and collect on a Spark cluster.",
        subcommands = {
            ClusterMain.Train.class,
            ClusterMain.SweepTrials.class,
            ClusterMain.Sample.class,
            ClusterMain.Evaluate.class,
            CollectJob.class
        })
public final class ClusterMain {
    private ClusterMain() {}

    /** Runs a command, and ends the process with 0, 1 for a failure or 2 for what cannot be asked for. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ClusterMain());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true); // center_crop
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("calotype: " + withFlags(Reason.of(failure)));
            return failure instanceof IllegalArgumentException
                    ? CommandLine.ExitCode.USAGE
                    : CommandLine.ExitCode.SOFTWARE;
        });
        return line;
    }

    /** With flags in the place of the library's values, where there are such. */
    static String withFlags(String message) {
        return message.replace("`network`", "--network").replace("`foreignJudge`", "--allow-foreign-judge");
    }

    /** What a job ends with. */
    record Said(String text, int exit) {
        Said(String text) {
            this(text, CommandLine.ExitCode.OK);
        }
    }

    /** One that needs the cluster. */
    abstract static class Job implements Callable<Integer> {
        @Override
        public final Integer call() throws Exception {
            SparkConf settings = new SparkConf().setIfMissing("spark.app.name", "calotype");
            try (JavaSparkContext spark = new JavaSparkContext(settings)) {
                Said said = run(spark);
                System.out.println(said.text());
                return said.exit();
            }
        }

        abstract Said run(JavaSparkContext spark) throws IOException;
    }

    /** Trains what a recipe describes. */
    @Command(
            name = "train",
            mixinStandardHelpOptions = true,
            description = "Train what a recipe describes, each rank a task; or go on with what lies in --out.")
    static final class Train extends Job {
        private static final int PATIENCE = 600;

        @Parameters(paramLabel = "RECIPE", description = "A YAML file, or the name of one under recipes/.")
        private String recipe;

        @Option(names = "--ranks", paramLabel = "N", required = true, description = "Tasks that take part at once.")
        private int ranks;

        @Option(names = "--out", paramLabel = "URI", required = true, description = "The folder of the run.")
        private String out;

        @Option(
                names = "--set",
                paramLabel = "key=value",
                description = "Override one value of the recipe; may be repeated.")
        private List<String> overrides = List.of();

        @Option(
                names = "--patience",
                paramLabel = "SECONDS",
                description = "How long ranks wait for each other (default: ${DEFAULT-VALUE}).")
        private int patience = PATIENCE;

        @Override
        Said run(JavaSparkContext spark) throws IOException {
            Check.range("patience", patience, 1, 86_400);
            String text = Files.readString(RecipeFiles.find(recipe, Path.of("")));
            ClusterTraining.Outcome outcome =
                    ClusterTraining.train(spark, text, overrides, ranks, out, Duration.ofSeconds(patience));
            String noticed = outcome.noticed().stream()
                    .map(sentence -> "Warning, " + sentence + "\n")
                    .collect(Collectors.joining());
            return new Said(String.format(
                    Locale.ROOT,
                    "%sDone after %d steps%s: %s, weights %s",
                    noticed,
                    outcome.step(),
                    outcome.attempts() > 1 ? ", in " + outcome.attempts() + " attempts" : "",
                    out,
                    outcome.weights()));
        }
    }

    /** Runs a sweep. */
    @Command(
            name = "sweep",
            mixinStandardHelpOptions = true,
            description =
                    "Train and measure every cell of a sweep file, each trial a task; or go on with what lies in --out.")
    static final class SweepTrials extends Job {
        @Parameters(paramLabel = "FILE", description = "A sweep file.")
        private Path file;

        @Option(names = "--out", paramLabel = "URI", required = true, description = "The folder of the sweep.")
        private String out;

        @Option(
                names = "--set",
                paramLabel = "key=value",
                description = "Override one value of the recipe in every cell; may be repeated.")
        private List<String> overrides = List.of();

        @Override
        Said run(JavaSparkContext spark) throws IOException {
            SweepTable table = ClusterSweep.run(spark, Sweep.read(file, overrides), out);
            return new Said(table.markdown().stripTrailing());
        }
    }

    /** Images that are asked for. */
    private static final class Images {
        @Parameters(paramLabel = "RUN", description = "The folder of a run.")
        private String run;

        @Option(names = "-n", paramLabel = "N", required = true, description = "How many images.")
        private long count;

        @Option(
                names = "--seed",
                paramLabel = "S",
                description = "Which images; default that of calotype sample and evaluate.")
        private Long seed;

        @Option(names = "--class", paramLabel = "C", description = "The class of all images; default all in turn.")
        private int label = Request.ANY;

        @Option(names = "--sampling", paramLabel = "name=value", description = "Such as steps=50; may be repeated.")
        private Map<String, String> sampling = Map.of();

        Wanted wanted(long usualSeed) {
            return new Wanted(count, seed == null ? usualSeed : seed, label, sampling);
        }
    }

    /** Draws into shards. */
    @Command(name = "sample", mixinStandardHelpOptions = true, description = "Draw images into shards for WebDataset.")
    static final class Sample extends Job {
        @CommandLine.Mixin
        private Images images;

        @Option(names = "--shard", paramLabel = "N", description = "Images of a shard (default: ${DEFAULT-VALUE}).")
        private int perShard = 1000;

        @Option(names = "--out", paramLabel = "URI", required = true, description = "The folder of the shards.")
        private String out;

        @Override
        Said run(JavaSparkContext spark) throws IOException {
            int shards = ClusterDrawing.shards(spark, images.run, images.wanted(0), perShard, out);
            return new Said(images.count + " images in " + shards + " shards: " + out);
        }
    }

    /** Judges. */
    @Command(
            name = "evaluate",
            mixinStandardHelpOptions = true,
            description = "Draw images and tell their Frechet distance to real ones.")
    static final class Evaluate extends Job {
        @CommandLine.Mixin
        private Images images;

        @Option(
                names = "--against",
                paramLabel = "DATA",
                required = true,
                description = "The real pictures, which the driver reads.")
        private String against;

        @Option(
                names = "--network",
                paramLabel = "NAME",
                description = "As in calotype evaluate (default: ${DEFAULT-VALUE}).")
        private String network = "scattering";

        @Option(
                names = "--allow-foreign-judge",
                description = "Judge even by a network, or against pictures, of another data set.")
        private boolean allowForeignJudge;

        @Override
        Said run(JavaSparkContext spark) throws IOException {
            Foreign foreign = allowForeignJudge ? Foreign.ALLOW : Foreign.REFUSE;
            Judgement judgement = ClusterJudging.fid(
                    spark, images.run, images.wanted(DuringTraining.SEED), network, against, foreign);
            return new Said(String.format(
                    Locale.ROOT,
                    "FID %.4f of %d images by %s against %s",
                    judgement.score("fid"),
                    judgement.images(),
                    judgement.network(),
                    against));
        }
    }
}
