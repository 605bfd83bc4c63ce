package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a training is expected to need, before it begins.
 *
 * @param memory bytes at the peak of its own process; absent where its kind does not say
 * @param seconds of training; absent where it ends by steps, and no run tells how fast they are here
 * @param sentence the same for people, with what is free
 */
record TrainingCost(Optional<Long> memory, OptionalDouble seconds, String sentence) {
    private static final long PROCESS = 170L << 20; // a JVM with the engine loaded, before its first tensor

    /** The cost of an experiment, in the light of runs that there are. */
    static TrainingCost of(Experiment experiment, Path runs) throws IOException {
        Optional<MemoryPlan> plan = MemoryPlan.of(experiment);
        Optional<Long> memory = plan.map(MemoryPlan::estimate).map(TrainingCost::ownProcess);
        TrainingSettings training = experiment.training();
        OptionalDouble pace = pace(runs, experiment);
        double byMinutes = training.minutes() > 0 ? 60 * training.minutes() : Double.POSITIVE_INFINITY;
        double bySteps = training.steps() > 0 && pace.isPresent()
                ? training.steps() * (double) training.batch() / pace.getAsDouble()
                : Double.POSITIVE_INFINITY;
        double seconds = Math.min(byMinutes, bySteps);
        StringBuilder words = new StringBuilder();
        long free = ProcessMemory.available();
        memory.ifPresent(bytes -> words.append(bytes <= free ? "It fits" : "It does not fit")
                .append(String.format(Locale.ROOT, ": %d MB are free.", free >> 20)));
        plan.filter(found -> !found.advice().isEmpty())
                .ifPresent(found -> words.append(" ").append(found.advice()).append('.'));
        if (pace.isPresent() && Double.isFinite(byMinutes))
            words.append(String.format(
                    Locale.ROOT,
                    " A run before made %.0f pictures a second here: about %.0f steps.",
                    pace.getAsDouble(),
                    Math.min(
                            seconds * pace.getAsDouble() / training.batch(),
                            training.steps() > 0 ? training.steps() : Double.MAX_VALUE)));
        else if (Double.isInfinite(seconds)) words.append(" How long its steps take here is told once it runs.");
        else if (training.steps() > 0) words.append(" It ends sooner if its steps are made.");
        return new TrainingCost(
                memory,
                Double.isFinite(seconds) ? OptionalDouble.of(seconds) : OptionalDouble.empty(),
                words.toString().strip());
    }

    private static long ownProcess(MemoryEstimate estimate) {
        return PROCESS + MemoryEstimate.youngGeneration() + estimate.weights() + estimate.results() + estimate.data();
    }

    /** Images per second of the latest run of that name and size which has recorded any. */
    private static OptionalDouble pace(Path runs, Experiment experiment) throws IOException {
        if (!Files.isDirectory(runs)) return OptionalDouble.empty();
        List<Path> same;
        try (Stream<Path> children = Files.list(runs)) {
            same = children.filter(
                            child -> child.getFileName().toString().matches(Pattern.quote(experiment.name()) + "-\\d+"))
                    .sorted(Comparator.reverseOrder())
                    .limit(5)
                    .toList();
        }
        for (Path root : same) {
            RunDirectory run = new RunDirectory(root);
            if (!Files.exists(run.statisticsFile())
                    || run.experiment().data().size() != experiment.data().size()) continue;
            OptionalDouble speed = Statistics.read(run.statisticsFile()).stream()
                    .skip(1) // the engine warms up
                    .mapToDouble(Statistics::imagesPerSecond)
                    .average();
            if (speed.isPresent() && speed.getAsDouble() > 0) return speed;
        }
        return OptionalDouble.empty();
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("sentence", sentence);
        memory.ifPresent(bytes -> json.put("memory", bytes));
        seconds.ifPresent(length -> json.put("seconds", length));
        return json;
    }
}
