package dev.calotype.app;

import dev.calotype.experiment.Report;
import dev.calotype.experiment.RunDirectory;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes a run's report. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Write report.html of a run: one file with its samples, curves, numbers and recipe.",
        footerHeading = "%nExamples:%n",
        footer = "  calotype report runs/quickstart-001")
final class ReportCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run;

    @Override
    Object execute(Console console) throws Exception {
        return new Written(Report.write(RunDirectory.open(run)).toString());
    }
}
