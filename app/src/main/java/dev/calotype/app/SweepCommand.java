package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.ParentProcess;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.app.option.CellOptions;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepRun;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.Trial;
import java.nio.file.Path;
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

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/sweeps",
            description = "Where the sweep's directory is made, or is already (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--trial", hidden = true)
    private String trial;

    @Mixin
    private CellOptions cells;

    @Override
    protected Object execute(Console console) throws Exception {
        if (trial != null) return one(console);
        Sweep sweep = Sweep.read(file, cells.overrides());
        sweep.preflight();
        if (cells.isDryRun()) return new DryRun(sweep);
        SweepDirectory directory = SweepDirectory.create(out, sweep);
        return new Table(new TrialProcesses(sweep, directory, console).run());
    }

    /** The process of one trial: it ends with its parent, whose end closes its standard input. */
    private Object one(Console console) throws Exception {
        ParentProcess.atItsEnd(() -> Runtime.getRuntime().halt(1));
        SweepDirectory directory = new SweepDirectory(file.toAbsolutePath().getParent());
        try (TrainingConsole observer = new TrainingConsole(console)) {
            new SweepRun(directory.sweep(), directory, observer, console).one(trial);
        }
        return new Written(trial);
    }

    /** The trainings that a sweep would make. */
    record DryRun(List<String> trials) {
        DryRun(Sweep sweep) {
            this(sweep.trials().stream().map(Trial::id).toList());
        }

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
