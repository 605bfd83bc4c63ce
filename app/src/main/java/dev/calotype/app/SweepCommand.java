package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.report.Report;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepRun;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.SweepWorkers;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains and measures every cell of a sweep file. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description = {
            "Train and measure every cell of a sweep file, and compare them in one table.",
            "Every training has a process of its own. Whatever is done is skipped: kill it at any moment and start it"
                    + " again with the same command."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype sweep recipes/sweeps/mnist-objective.yaml --data path/to/mnist --network lenet:lenet.pth",
            "  calotype sweep my-sweep.yaml --dry-run"
        })
final class SweepCommand extends EngineCommand {
    @Parameters(paramLabel = "FILE", description = "A sweep file.")
    private Path file;

    @Option(names = "--data", paramLabel = "PATH", description = "The data set, in place of the recipe's.")
    private String data;

    @Option(names = "--network", paramLabel = "NAME", description = "The feature network, in place of the recipe's.")
    private String network;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Override one value of the recipe in every cell; may be repeated.")
    private List<String> overrides = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/sweeps",
            description = "Where the sweep's directory is made, or is already (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--dry-run", description = "Check every cell, list the trainings, and stop.")
    private boolean dryRun;

    @Option(names = "--trial", hidden = true)
    private String trial;

    @Mixin
    private ComputeOptions compute;

    @Override
    Object execute(Console console) throws Exception {
        if (trial != null) return one(console);
        Sweep sweep = Sweep.read(file, all());
        if (dryRun) return new DryRun(sweep.trials().stream().map(Trial::id).toList());
        SweepDirectory directory = SweepDirectory.create(out, sweep);
        console.say(
                "%s: %d trainings, %d at a time, in %s",
                sweep.name(), sweep.trials().size(), sweep.parallel(), directory.root());
        SweepTable table = new SweepWorkers(sweep, directory, id -> command(sweep, directory, id), told(console)).run();
        console.say("Look at %s", Report.write(directory.root(), Report.Format.HTML));
        return new Table(table);
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        if (data != null) all.add("data.source=" + Recipes.quoted(data));
        if (network != null) all.add("evaluation.network=" + Recipes.quoted(network));
        all.addAll(overrides);
        return compute.over(all);
    }

    /** The process of one trial: it ends with its parent, whose end closes its standard input. */
    private Object one(Console console) throws Exception {
        Thread parent = new Thread(SweepCommand::haltAtEndOfInput, "calotype-parent");
        parent.setDaemon(true);
        parent.start();
        SweepDirectory directory = new SweepDirectory(file.toAbsolutePath().getParent());
        try (TrainingConsole observer = new TrainingConsole(console)) {
            new SweepRun(directory.sweep(), directory, observer, console).one(trial);
        }
        return new Written(trial);
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) continue;
        } catch (IOException e) {
            // a broken pipe is the end as well
        }
        Runtime.getRuntime().halt(1);
    }

    private static List<String> command(Sweep sweep, SweepDirectory directory, String id) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments())
            if (!argument.startsWith("-Dcalotype.terminal")) command.add(argument);
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / sweep.parallel());
        command.add("-XX:ActiveProcessorCount=" + cores);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("sweep", directory.sweepFile().toString(), "--trial", id, "--threads", "" + cores));
        return command;
    }

    private static SweepWorkers.Listener told(Console console) {
        return new SweepWorkers.Listener() {
            @Override
            public synchronized void started(Trial trial, int done, int all) {
                console.say("%d/%d done; now %s", done, all, trial.id());
            }

            @Override
            public synchronized void said(Trial trial, String line) {
                console.say("[%s] %s", trial.id(), line);
            }
        };
    }

    /** The trainings that a sweep would make. */
    record DryRun(List<String> trials) {
        @Override
        public String toString() {
            return String.join(System.lineSeparator(), trials);
        }
    }

    /** A table whose text is Markdown. */
    record Table(@JsonUnwrapped SweepTable table) {
        @Override
        public String toString() {
            return table.markdown().stripTrailing();
        }
    }
}
