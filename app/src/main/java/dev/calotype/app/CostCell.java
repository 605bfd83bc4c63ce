package dev.calotype.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.offer.Cost;
import dev.calotype.experiment.offer.MeasuresCost;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * One point of the cost curves: a U-Net of four levels that attends at 16 and 8 pixels, measured in a process of its
 * own, because a process's peak of memory cannot be undone.
 *
 * @param size pixels per side
 * @param threads workers of a step, threads of the engine otherwise
 * @param samplingSteps DDIM steps of a sampling, 1 for a single evaluation of the network
 * @param recompute {@code never} or {@code always}
 */
record CostCell(
        Work work,
        int size,
        int batch,
        int channels,
        Precision precision,
        int threads,
        int samplingSteps,
        String recompute) {
    /** What is measured. */
    enum Work {
        TRAINING_STEP,
        SAMPLING
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REPETITIONS = 3;

    /** What was found: a cost, or the reason why there is none. */
    record Found(Cost cost, String skipped) {}

    CostCell with(int newSize, int newBatch, int newChannels) {
        return new CostCell(work, newSize, newBatch, newChannels, precision, threads, samplingSteps, recompute);
    }

    CostCell on(int newThreads) {
        return new CostCell(work, size, batch, channels, precision, newThreads, samplingSteps, recompute);
    }

    CostCell in(Precision other) {
        return new CostCell(work, size, batch, channels, other, threads, samplingSteps, recompute);
    }

    CostCell sampling(int steps) {
        return new CostCell(Work.SAMPLING, size, batch, channels, precision, threads, steps, "never");
    }

    CostCell recomputing() {
        return new CostCell(work, size, batch, channels, precision, threads, samplingSteps, "always");
    }

    private List<String> overrides() {
        List<String> attention = new ArrayList<>();
        for (int factor = 1; factor <= 8; factor *= 2)
            if (size / factor == 16 || size / factor == 8) attention.add(String.valueOf(factor));
        return List.of(
                "data.size=" + size,
                "network.channels=" + channels,
                "network.multipliers=[1, 2, 2, 2]",
                "network.attention=" + attention,
                "training.batch=" + batch,
                "training.device=cpu",
                "training.precision=" + Kebab.of(precision),
                "training.workers=" + Math.min(threads, batch),
                "training.recompute=" + recompute,
                "sampling.method=ddim",
                "sampling.steps=" + samplingSteps);
    }

    /** Measures in a new process of the same kind as this one. */
    Found measure(long limitSeconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CostCell.class.getName()));
        command.addAll(List.of(work.name(), String.valueOf(threads), String.valueOf(batch)));
        command.addAll(overrides());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(limitSeconds, TimeUnit.SECONDS))
                return new Found(null, "took longer than " + limitSeconds + " s");
            byte[] out = process.getInputStream().readAllBytes();
            if (process.exitValue() != 0 || out.length == 0)
                return new Found(null, "ended with " + process.exitValue());
            return JSON.readValue(out, Found.class);
        } finally {
            process.destroyForcibly();
        }
    }

    private static <E extends Experiment> MeasuresCost.Work work(Work work, E experiment, int images) {
        MeasuresCost<E> kind = MeasuresCost.of(experiment);
        return work == Work.TRAINING_STEP ? kind.step(experiment) : kind.sampling(experiment, images);
    }

    /** The measuring process: {@code WORK THREADS BATCH OVERRIDE...} in, one JSON object out. */
    public static void main(String[] arguments) {
        Engine.load(Integer.parseInt(arguments[1]));
        int batch = Integer.parseInt(arguments[2]);
        List<String> overrides = List.of(arguments).subList(3, arguments.length);
        MeasuresCost.Work work = work(Work.valueOf(arguments[0]), Recipe.parse("name: cost", overrides), batch);
        Found found = work.expected().fits()
                ? new Found(work.measured().apply(REPETITIONS), null)
                : new Found(
                        null,
                        String.format(
                                Locale.ROOT, "needs %d MB", work.expected().total() >> 20));
        try {
            System.out.println(JSON.writeValueAsString(found));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
