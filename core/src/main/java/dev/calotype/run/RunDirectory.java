package dev.calotype.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.NumberedName;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Naming;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The complete record of one run: {@code experiment.yaml} (every value resolved), {@code log.txt},
 * {@code statistics.jsonl}, {@code milestones.jsonl}, {@code changes.jsonl}, {@code tensorboard/}, {@code checkpoints/}, {@code samples/},
 * {@code evaluation.json}, {@code report.html}.
 */
public record RunDirectory(Path root) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A new directory {@code NAME-001}, {@code NAME-002}, ... under {@code parent}. */
    public static RunDirectory create(Path parent, String name) throws IOException {
        Experiment.requireName(name);
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

    /**
     * A new directory {@code root}.
     *
     * @throws IllegalArgumentException if it is there already
     */
    public static RunDirectory createAt(Path root) throws IOException {
        requireNew(root);
        return at(root);
    }

    /** Throws IllegalArgumentException if {@code root} is there already. */
    public static void requireNew(Path root) {
        if (Files.exists(root)) throw new IllegalArgumentException(root + " is there already: take another name");
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

    /** Averages of two lengths that were kept on the way: {@link Snapshots}. */
    public Path snapshots() {
        return root.resolve("snapshots");
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

    /** What the same starting points became while the run learned: {@link LearningStrip}. */
    public Path learningFile() {
        return samples().resolve("learning.png");
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

    /** How a classifier named the pictures that it was last tested on. */
    public Path namingFile() {
        return root.resolve("naming.json");
    }

    /** How near pictures were that went through the autoencoder of the run when it was last tested. */
    public Path reconstructionFile() {
        return root.resolve("reconstruction.json");
    }

    /** Keeps what was found out about the run in one of its files, as JSON. */
    public void write(Path file, Object found) throws IOException {
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(found));
    }

    /** What {@link #write} kept in a file, if it is there. */
    public <T> Optional<T> read(Path file, Class<T> type) throws IOException {
        return Files.exists(file) ? Optional.of(JSON.readValue(Files.readAllBytes(file), type)) : Optional.empty();
    }

    /** The latest judgement of the run, if there is one. */
    public Optional<Judgement> judgement() throws IOException {
        return read(evaluationFile(), Judgement.class);
    }

    /** How the classifier of the run named pictures when it was last tested, if it was. */
    public Optional<Naming> naming() throws IOException {
        return read(namingFile(), Naming.class);
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
