package dev.calotype.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.calotype.experiment.Likelihood;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.FileId;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that a sweep knows, as files that are there whole or not at all: {@code sweep.yaml}; one run directory for each
 * trial under {@code trials/}, with {@code trained.json} or {@code failed.json}, {@code likelihood-*.json} and
 * {@code judged/}; {@code table.json}, {@code table.md}, {@code table.csv}. What has a file is done.
 */
public record SweepDirectory(Path root) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter WRITER = JSON.writerWithDefaultPrettyPrinter();

    /**
     * What a training came to.
     *
     * @param memoryMb the most that the process had resident
     * @param validation loss of the averaged weights at the end, or their FID where there is no such loss
     * @param weights SHA-256
     */
    public record Trained(
            long step, double seconds, double imagesPerSecond, long memoryMb, double validation, String weights) {}

    /** What drawing the judged images came to. */
    public record Drawn(double secondsPerImage) {}

    /** Why a training cannot be had: it diverged, which it would do again. */
    public record Failed(String reason) {}

    /** The directory of a sweep, with its file brought up to date. */
    public static SweepDirectory create(Path parent, Sweep sweep) throws IOException {
        SweepDirectory directory = new SweepDirectory(parent.resolve(sweep.name()));
        Files.createDirectories(directory.root());
        AtomicFile.write(directory.sweepFile(), sweep.text());
        return directory;
    }

    /** Whether a folder is that of a sweep. */
    public static boolean isOne(Path root) {
        return Files.isRegularFile(new SweepDirectory(root).sweepFile());
    }

    /** The sweep as it was last started. */
    public Sweep sweep() {
        return Sweep.read(sweepFile(), List.of());
    }

    public Path sweepFile() {
        return root.resolve("sweep.yaml");
    }

    public Path tableFile() {
        return root.resolve("table.json");
    }

    public Path markdownFile() {
        return root.resolve("table.md");
    }

    public Path csvFile() {
        return root.resolve("table.csv");
    }

    /** The run directory of a trial. */
    public Path trial(Trial trial) {
        return root.resolve("trials").resolve(trial.id());
    }

    /** A grid of images drawn in one way. */
    public Path picture(Trial trial, Trial.Variant variant) {
        return judged(trial).resolve(variant.id() + ".png");
    }

    /** Two images and those between them, drawn in one way. */
    public Path interpolation(Trial trial, Trial.Variant variant) {
        return judged(trial).resolve(variant.id() + "-between.png");
    }

    public Optional<Trained> trained(Trial trial) throws IOException {
        return read(trainedFile(trial), Trained.class);
    }

    public Optional<Failed> failed(Trial trial) throws IOException {
        return read(failedFile(trial), Failed.class);
    }

    /** The likelihood measured by a plan. */
    public Optional<Likelihood> likelihood(Trial trial, Measurement.LikelihoodPlan plan) throws IOException {
        return read(likelihoodFile(trial, plan), Likelihood.class);
    }

    /** How the classifier of a trial named its test pictures. */
    public Optional<Naming> named(Trial trial) throws IOException {
        return read(namedFile(trial), Naming.class);
    }

    public Optional<Judgement> judgement(Trial trial, Trial.Variant variant) throws IOException {
        return read(judgementFile(trial, variant), Judgement.class);
    }

    /** What drawing in one way cost. */
    public Optional<Drawn> drawn(Trial trial, Trial.Variant variant) throws IOException {
        return read(drawnFile(trial, variant), Drawn.class);
    }

    /** Whether nothing is left to do for a trial. */
    public boolean done(Trial trial, Measurement measurement) {
        if (Files.exists(failedFile(trial))) return true;
        if (trial.names())
            return Files.exists(trainedFile(trial)) && (measurement.images() == 0 || Files.exists(namedFile(trial)));
        if (!trial.draws()) return Files.exists(trainedFile(trial));
        return Files.exists(trainedFile(trial))
                && (measurement.likelihood().images() == 0
                        || Files.exists(likelihoodFile(trial, measurement.likelihood())))
                && trial.variants().stream().allMatch(variant -> Files.exists(judgementFile(trial, variant)));
    }

    void write(Trial trial, Trained trained) throws IOException {
        write(trainedFile(trial), trained);
    }

    void write(Trial trial, Naming naming) throws IOException {
        write(namedFile(trial), naming);
    }

    void write(Trial trial, Failed failed) throws IOException {
        write(failedFile(trial), failed);
    }

    void write(Trial trial, Measurement.LikelihoodPlan plan, Likelihood likelihood) throws IOException {
        write(likelihoodFile(trial, plan), likelihood);
    }

    void write(Trial trial, Trial.Variant variant, Drawn drawn) throws IOException {
        write(drawnFile(trial, variant), drawn);
    }

    void write(Trial trial, Trial.Variant variant, Judgement judgement) throws IOException {
        write(judgementFile(trial, variant), judgement);
    }

    /** Keeps the table as JSON, as Markdown and as comma-separated values. */
    void write(SweepTable table) throws IOException {
        write(tableFile(), table);
        AtomicFile.write(markdownFile(), table.markdown());
        AtomicFile.write(csvFile(), table.csv());
    }

    /** The right to work on a trial, waited for; {@code waiting} is told for whom, if there is someone. */
    Claim claim(Trial trial, Consumer<String> waiting) throws IOException {
        Files.createDirectories(judged(trial));
        return Claim.await(trial(trial), waiting);
    }

    /**
     * The right to run the sweep.
     *
     * @throws IOException if another process has it
     */
    Claim claim() throws IOException {
        return Claim.of(root, "sweep");
    }

    private Path judged(Trial trial) {
        return trial(trial).resolve("judged");
    }

    private Path namedFile(Trial trial) {
        return trial(trial).resolve("naming.json");
    }

    private Path trainedFile(Trial trial) {
        return trial(trial).resolve("trained.json");
    }

    private Path failedFile(Trial trial) {
        return trial(trial).resolve("failed.json");
    }

    private Path likelihoodFile(Trial trial, Measurement.LikelihoodPlan plan) {
        return trial(trial).resolve(FileId.of("likelihood", plan.toString()) + ".json");
    }

    private Path drawnFile(Trial trial, Trial.Variant variant) {
        return judged(trial).resolve(variant.id() + "-drawn.json");
    }

    private Path judgementFile(Trial trial, Trial.Variant variant) {
        return judged(trial).resolve(variant.id() + ".json");
    }

    private static void write(Path file, Object value) throws IOException {
        AtomicFile.write(file, WRITER.writeValueAsString(value) + "\n");
    }

    private static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
        if (!Files.exists(file)) return Optional.empty();
        return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
    }
}
