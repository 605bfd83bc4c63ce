package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.io.OutputFile;
import dev.calotype.report.Report;
import dev.calotype.report.ReportFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes reports of runs, sweeps and studies. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Write a report of runs, sweeps and studies: samples, curves, numbers, warnings and recipes.",
            "Several runs are compared side by side. HTML is one file that needs no network; md is a page for a repository"
                    + " with a folder of pictures beside it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype report runs/quickstart-001",
            "  calotype report runs/sweeps/mnist-objective --format md --out docs/results/mnist-objective.md",
            "  calotype report runs/a-001 runs/b-001 --out both.html"
        })
final class ReportCommand extends EngineCommand {
    @Parameters(
            paramLabel = "RUN|SWEEP|STUDY",
            arity = "1..*",
            description = "Directories of runs, sweeps and studies.")
    private List<Path> subjects;

    @Option(names = "--format", description = "html or md; default that which --out ends in, or html.")
    private ReportFormat format;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Default report.html or report.md in the directory; required for several.")
    private Path out;

    @Override
    protected Object execute(Console console) throws Exception {
        if (out != null)
            return new Written(Report.write(subjects, formatOf(out), out).toString());
        if (subjects.size() > 1) throw new IllegalArgumentException("a report of several wants --out FILE");
        return new Written(Report.write(subjects.get(0), format == null ? ReportFormat.HTML : format)
                .toString());
    }

    private ReportFormat formatOf(Path file) throws IOException {
        ReportFormat named = ReportFormat.of(file);
        if (format != null && format != named)
            throw new IllegalArgumentException(
                    "--out must end in ." + format + " for --format " + format + ": " + file);
        OutputFile.require(file, OutputFile.Existing.REPLACE);
        return named;
    }
}
