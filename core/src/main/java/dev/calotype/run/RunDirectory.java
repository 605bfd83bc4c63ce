package dev.calotype.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.PngFile;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.NumberedName;
import dev.calotype.judge.Judgement;
import dev.calotype.kind.diffusion.InterpolationStudy;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The complete record of one run: {@code experiment.yaml} (every value resolved), {@code log.txt},
 * {@code statistics.jsonl}, {@code milestones.jsonl}, {@code changes.jsonl}, {@code tensorboard/}, {@code checkpoints/}, {@code samples/},
 * {@code evaluation.json}, {@code report.html}.
 */
public record RunDirectory(Path root) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** A new directory {@code NAME-001}, {@code NAME-002}, ... under {@code parent}. */
    public static RunDirectory create(Path parent, String name) throws IOException {
        requireName(name);
        Files.createDirectories(parent);
        for (int number = 1 + highest(parent, name); ; number++) {
            Path root = parent.resolve(String.format(Locale.ROOT, "%s-%03d", name, number));
            try {
                Files.createDirectory(root);
            } catch (FileAlreadyExistsException e) {
                continue; // somebody else was quicker
            }
            return at(root);
        }
    }

    /** The directory {@code root}, made if it is absent. */
    static RunDirectory at(Path root) throws IOException {
        RunDirectory run = new RunDirectory(root);
        Files.createDirectories(run.checkpoints());
        Files.createDirectories(run.samples());
        return run;
    }

    /**
     * An existing run.
     *
     * @throws IllegalArgumentException if {@code root} is not one
     */
    public static RunDirectory open(Path root) {
        RunDirectory run = new RunDirectory(root);
        if (!Files.isRegularFile(run.experimentFile()))
            throw new IllegalArgumentException(
                    Files.exists(root)
                            ? root + " is not a run: it has no experiment.yaml"
                            : "there is no run " + root + "; runs are listed under runs/");
        return run;
    }

    /**
     * The right to write here.
     *
     * @throws IOException if another process has it
     */
    Claim claim() throws IOException {
        return Claim.of(root, "run");
    }

    private static int highest(Path parent, String name) throws IOException {
        NumberedName numbered = new NumberedName(name + "-", 3, 9, "");
        try (Stream<Path> children = Files.list(parent)) {
            return children.map(child -> numbered.number(child.getFileName().toString()))
                    .mapToInt(number -> (int) number.orElse(0))
                    .max()
                    .orElse(0);
        }
    }

    public static void requireName(String name) {
        Check.that(
                NAME.matcher(name).matches(),
                "name must be letters, digits, '-', '_' and '.', at most 100 of them",
                name);
    }

    public Path experimentFile() {
        return root.resolve("experiment.yaml");
    }

    public Path logFile() {
        return root.resolve("log.txt");
    }

    public Path statisticsFile() {
        return root.resolve("statistics.jsonl");
    }

    /** What the averaged weights were worth at each checkpoint. */
    public Path milestonesFile() {
        return root.resolve("milestones.jsonl");
    }

    /** What went wrong in the game of two networks. */
    public Path incidentsFile() {
        return root.resolve("incidents.jsonl");
    }

    /** What was changed in the recipe after the run began. */
    public Path changesFile() {
        return root.resolve("changes.jsonl");
    }

    /** The folder that TensorBoard follows. */
    public Path tensorBoard() {
        return root.resolve("tensorboard");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path samples() {
        return root.resolve("samples");
    }

    public Path evaluationFile() {
        return root.resolve("evaluation.json");
    }

    public Path reportFile() {
        return root.resolve("report.html");
    }

    /** A grid of samples. */
    public Path gridFile() {
        return samples().resolve("grid.png");
    }

    /** The images between two samples. */
    public Path interpolationFile() {
        return samples().resolve("interpolation.png");
    }

    /** Two ways between two samples, measured. */
    public Path studyFile() {
        return root.resolve("interpolation.json");
    }

    /** The picture of {@link #studyFile}. */
    public Path studyPicture() {
        return samples().resolve("interpolation-study.png");
    }

    /** Keeps the latest study of interpolation of the run. */
    public void write(InterpolationStudy.Drawn drawn) throws IOException {
        PngFile.write(studyPicture(), drawn.picture());
        AtomicFile.write(studyFile(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(drawn.study()));
    }

    /** The latest study of interpolation of the run, if there is one. */
    public Optional<InterpolationStudy> study() throws IOException {
        if (!Files.exists(studyFile())) return Optional.empty();
        return Optional.of(JSON.readValue(Files.readAllBytes(studyFile()), InterpolationStudy.class));
    }

    /** Keeps the latest judgement of the run. */
    public void write(Judgement judgement) throws IOException {
        AtomicFile.write(evaluationFile(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(judgement));
    }

    /** The latest judgement of the run, if there is one. */
    public Optional<Judgement> judgement() throws IOException {
        if (!Files.exists(evaluationFile())) return Optional.empty();
        return Optional.of(JSON.readValue(Files.readAllBytes(evaluationFile()), Judgement.class));
    }

    /** What was trained here. */
    public Experiment experiment() {
        return Recipe.read(experimentFile(), java.util.List.of());
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
