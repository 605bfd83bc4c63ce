package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.io.Claim;
import dev.calotype.report.Report;
import dev.calotype.report.ReportFormat;
import dev.calotype.run.LearningStrip;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Lane;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training in a process of its own. Paused, it saves and ends; it goes on in the same run. What another process of the studio left
 * in the middle waits until somebody lets it go on.
 */
final class TrainWork implements Work {
    private static final Logger LOG = LoggerFactory.getLogger(TrainWork.class);
    private static final long LOOK_MILLISECONDS = 300;
    private static final String RUN = "run", MAY_GO_ON = "mayGoOn";

    private final RecipeShelf.Order order;
    private final Launcher launcher;
    private final Path runs;
    private volatile boolean pausing;
    private boolean begun;

    TrainWork(RecipeShelf.Order order, Launcher launcher, Path runs) {
        this.order = order;
        this.launcher = launcher;
        this.runs = runs;
    }

    @Override
    public String title() {
        return "training of " + order.experiment().name();
    }

    @Override
    public Optional<String> model() {
        return Optional.empty();
    }

    @Override
    public Lane lane() {
        return Lane.TRAINING;
    }

    @Override
    public Outcome run(JobRun run) throws Exception {
        Optional<RunDirectory> known = known(run);
        boolean left =
                known.isPresent() && !begun && !run.memory().path(MAY_GO_ON).asBoolean();
        begun = true;
        if (left) return paused(run);
        pausing = false;
        known.ifPresent(directory -> remember(run, directory, false));
        if (known.isPresent()) awaitOthers(known.get());
        try (ChildProcess child = new ChildProcess(launcher.process(arguments(known)), run::log)) {
            run.onSignal(signal -> {
                pausing = signal == JobRun.Signal.PAUSE;
                child.askToEnd();
            });
            RunDirectory directory = watch(run, child, known);
            if (run.isCancelled()) {
                child.close();
                throw new CancellationException("cancelled");
            }
            if (pausing) return paused(run);
            child.requireSuccess();
            finish(run, directory);
            return Outcome.DONE;
        }
    }

    private Outcome paused(JobRun run) {
        known(run).ifPresent(directory -> remember(run, directory, true));
        return Outcome.PAUSED;
    }

    private Optional<RunDirectory> known(JobRun run) {
        String name = run.memory().path(RUN).asText();
        if (name.isEmpty()) return Optional.empty();
        RunDirectory directory = new RunDirectory(runs.resolve(name));
        return Files.isRegularFile(directory.experimentFile()) ? Optional.of(directory) : Optional.empty();
    }

    private static void remember(JobRun run, RunDirectory directory, boolean mayGoOn) {
        ObjectNode memory = run.memory();
        memory.put(RUN, directory.root().getFileName().toString()).put(MAY_GO_ON, mayGoOn);
        run.remember(memory);
    }

    /** A process that lost its parent saves before it lets go of the run. */
    private static void awaitOthers(RunDirectory directory) throws IOException {
        Claim.await(directory.root(), waiting -> LOG.info("{}", waiting)).close();
    }

    private List<String> arguments(Optional<RunDirectory> known) {
        if (known.isPresent()) return List.of("train", "--resume", known.get().toString(), "--json");
        List<String> arguments = new ArrayList<>(List.of("train", order.file().toString(), "--out", runs.toString()));
        for (String override : order.overrides()) arguments.addAll(List.of("--set", override));
        arguments.add("--json");
        return arguments;
    }

    /** Tells how far it has come until the process ends or is to end; the run, if it has one by then. */
    private RunDirectory watch(JobRun run, ChildProcess child, Optional<RunDirectory> known)
            throws IOException, InterruptedException {
        RunDirectory directory = known.orElse(null);
        double before = directory == null ? 0 : seconds(directory);
        long told = 0;
        for (boolean ended = false; !ended; ) {
            ended = child.endsWithin(LOOK_MILLISECONDS);
            if (run.isCancelled()) return directory;
            if (directory == null) {
                directory = heldBy(child.number());
                if (directory != null) remember(run, directory, false);
            }
            long size = directory == null ? 0 : size(directory.statisticsFile());
            if (size != told) tell(run, directory, before);
            told = size;
        }
        return directory;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static double seconds(RunDirectory directory) throws IOException {
        return last(directory).map(Statistics::seconds).orElse(0.0);
    }

    /** The run whose lock has the number of that process; null if there is none yet. */
    private RunDirectory heldBy(long process) throws IOException {
        if (!Files.isDirectory(runs)) return null;
        String name = order.experiment().name();
        try (Stream<Path> children = Files.list(runs)) {
            for (Path child : children.toList()) {
                if (!child.getFileName().toString().startsWith(name + "-")) continue;
                boolean held = Claim.holder(child).equals(Long.toString(process));
                RunDirectory directory = new RunDirectory(child);
                if (held && Files.isRegularFile(directory.experimentFile())) return directory;
            }
        }
        return null;
    }

    private void tell(JobRun run, RunDirectory directory, double before) throws IOException {
        Optional<Statistics> line = last(directory);
        if (line.isEmpty() || line.get().seconds() <= before) return;
        TrainingSettings training = order.experiment().training();
        double bySteps = training.steps() > 0 ? (double) line.get().step() / training.steps() : 0;
        double byMinutes = training.minutes() > 0 ? line.get().seconds() / (60 * training.minutes()) : 0;
        long step = line.get().step();
        double share = Math.max(bySteps, byMinutes);
        long of = bySteps >= byMinutes && training.steps() > 0
                ? training.steps()
                : Math.max(step, Math.round(step / Math.max(1e-6, share)));
        if (share > 0) run.progress(step, of, "steps", line.get().seconds() * Math.max(0, 1 - share) / share);
    }

    private static Optional<Statistics> last(RunDirectory directory) throws IOException {
        List<Statistics> lines = Statistics.read(directory.statisticsFile());
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(lines.size() - 1));
    }

    /** Writes the report and keeps the latest sample as the job's result. */
    private static void finish(JobRun run, RunDirectory directory) throws IOException {
        if (directory == null) return;
        Report.write(directory.root(), ReportFormat.HTML);
        Map<Long, Path> samples = LearningStrip.grids(directory);
        if (samples.isEmpty()) return;
        long step = Collections.max(samples.keySet());
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("run", directory.root().getFileName().toString()).put("step", step);
        run.result(Files.readAllBytes(samples.get(step)), "png", settings);
    }
}
