package dev.calotype.report;

import dev.calotype.run.RunDirectory;
import dev.calotype.study.StudyDirectory;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs, sweeps and studies as one file to show to somebody else: what was done, what came out, and what to think of it. */
public final class Report {
    private Report() {}

    /** Writes {@code report.html} of a run from what lies in it, and returns its path. */
    public static Path write(RunDirectory run) throws IOException {
        ReportFormat.HTML.writer().write(RunReport.of(run), run.reportFile());
        return run.reportFile();
    }

    /** Writes {@code report.html} or {@code report.md} into a run, a sweep or a study, and returns its path. */
    public static Path write(Path subject, ReportFormat format) throws IOException {
        Path out = subject.resolve("report." + format);
        return write(List.of(subject), format, out);
    }

    /**
     * Writes a report of runs, sweeps and studies; several runs are compared first.
     *
     * @throws IllegalArgumentException if one of {@code subjects} is none of these
     */
    public static Path write(List<Path> subjects, ReportFormat format, Path out) throws IOException {
        if (subjects.isEmpty()) throw new IllegalArgumentException("a report wants at least one run, sweep or study");
        List<RunDirectory> runs = new ArrayList<>();
        List<Document> parts = new ArrayList<>();
        for (Path subject : subjects)
            if (SweepDirectory.isOne(subject)) parts.add(ofSweep(new SweepDirectory(subject)));
            else if (StudyDirectory.isOne(subject)) parts.add(StudyReport.of(new StudyDirectory(subject)));
            else {
                RunDirectory run = RunDirectory.open(subject);
                runs.add(run);
                parts.add(RunReport.of(run));
            }
        format.writer().write(parts.size() == 1 ? parts.get(0) : joined(parts, runs), out);
        return out;
    }

    /** Of a sweep, with a report of each training in its directory to link to. */
    private static Document ofSweep(SweepDirectory directory) throws IOException {
        for (Trial trial : directory.sweep().trials()) {
            RunDirectory run = new RunDirectory(directory.trial(trial));
            if (Files.exists(run.experimentFile())) write(run);
        }
        return SweepReport.of(directory);
    }

    private static Document joined(List<Document> parts, List<RunDirectory> runs) throws IOException {
        Document all = new Document(parts.size() + " experiments compared");
        if (runs.size() > 1) Comparison.addTo(all, runs);
        parts.forEach(all::append);
        return all;
    }
}
