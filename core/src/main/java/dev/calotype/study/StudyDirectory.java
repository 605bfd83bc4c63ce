package dev.calotype.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.JsonLines;
import dev.calotype.restoration.CurvePoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a study knows: {@code study.yaml}; {@code results.jsonl}, which grows by one line for each trial;
 * {@code curves/} and {@code pictures/}; {@code table.json}, {@code table.md}. A trial with a line is done.
 */
public record StudyDirectory(Path root) {
    private static final ObjectWriter WRITER = new ObjectMapper().writerWithDefaultPrettyPrinter();

    /** The directory of a study, with its file brought up to date. */
    public static StudyDirectory create(Path parent, Study study) throws IOException {
        StudyDirectory directory = new StudyDirectory(parent.resolve(study.name()));
        Files.createDirectories(directory.root().resolve("curves"));
        Files.createDirectories(directory.root().resolve("pictures"));
        AtomicFile.write(directory.studyFile(), study.text());
        return directory;
    }

    /** Whether a folder is that of a study. */
    public static boolean isOne(Path root) {
        return Files.isRegularFile(new StudyDirectory(root).studyFile());
    }

    /** The study as it was last started. */
    public Study study() {
        return Study.read(studyFile());
    }

    public Path studyFile() {
        return root.resolve("study.yaml");
    }

    public Path resultsFile() {
        return root.resolve("results.jsonl");
    }

    public Path tableFile() {
        return root.resolve("table.json");
    }

    public Path markdownFile() {
        return root.resolve("table.md");
    }

    /** The picture that a trial restored. */
    public Path restored(Trial trial) {
        return root.resolve("pictures").resolve(trial.id() + ".png");
    }

    /** What the method was shown. */
    public Path observed(Trial trial) {
        return root.resolve("pictures").resolve(trial.observedId() + ".png");
    }

    /** What the method was to find. */
    public Path truth(Trial trial) {
        return root.resolve("pictures").resolve(trial.picture().name() + ".png");
    }

    /** Every result by the id of its trial; a failure only where no later try went well. */
    public Map<String, TrialResult> results() throws IOException {
        Map<String, TrialResult> results = new LinkedHashMap<>();
        for (TrialResult result : JsonLines.read(resultsFile(), TrialResult.class)) results.put(result.trial(), result);
        return results;
    }

    /** The iterations of a trial; empty if it is not done. */
    public List<CurvePoint> curve(Trial trial) throws IOException {
        return JsonLines.read(curveFile(trial), CurvePoint.class);
    }

    private Path curveFile(Trial trial) {
        return root.resolve("curves").resolve(trial.id() + ".jsonl");
    }

    /** The right to run the study; what a kill left unfinished goes. */
    Claim claim() throws IOException {
        Claim claim = Claim.of(root, "study");
        JsonLines.keep(resultsFile(), TrialResult.class, result -> true);
        return claim;
    }

    /** Keeps all of a trial; the line of its result comes last. */
    void write(Trial trial, TrialResult result, Picture restored, List<CurvePoint> curve) throws IOException {
        if (result.succeeded()) {
            JsonLines.write(curveFile(trial), curve);
            PngFile.write(restored(trial), restored);
        }
        append(result);
    }

    private synchronized void append(TrialResult result) throws IOException {
        JsonLines.append(resultsFile(), result);
    }

    synchronized void writeOnce(Path file, Picture picture) throws IOException {
        if (!Files.exists(file)) PngFile.write(file, picture);
    }

    /** Keeps the table as JSON, as Markdown and as comma-separated values. */
    void write(StudyTable table) throws IOException {
        AtomicFile.write(tableFile(), WRITER.writeValueAsString(table) + "\n");
        AtomicFile.write(markdownFile(), table.markdown());
        AtomicFile.write(root.resolve("table.csv"), table.csv());
    }
}
