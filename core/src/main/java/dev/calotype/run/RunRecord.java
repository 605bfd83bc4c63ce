package dev.calotype.run;

import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Story;
import dev.calotype.io.EventFile;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Placement;
import dev.calotype.train.Duel;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.Pointer;

/** What one sitting of a training leaves for those who watch: statistics, milestones, and the events of TensorBoard. */
final class RunRecord implements AutoCloseable {
    private final RunDirectory run;
    private final Placement placement;
    private final long firstStep;
    private final List<StepReport> unrecorded = new ArrayList<>();
    private final Story.Worth worth;
    private double recorded;
    private EventFile events;

    /** Begins to record after {@code step} steps and so many seconds of training. */
    RunRecord(RunDirectory run, Placement placement, long step, double seconds) {
        this.run = run;
        this.placement = placement;
        firstStep = step + 1;
        worth = Kinds.of(run.experiment()).story().worth();
        recorded = seconds;
    }

    /** Drops what was recorded after {@code step}; {@link EventFile#create} does so for TensorBoard. */
    static void truncate(RunDirectory run, long step) throws IOException {
        Statistics.truncate(run.statisticsFile(), step);
        Milestone.truncate(run.milestonesFile(), step);
        if (Files.exists(run.incidentsFile())) Incident.truncate(run.incidentsFile(), step);
    }

    void add(StepReport report) {
        unrecorded.add(report);
    }

    /** Writes the means over the steps since the last writing, if there were any. */
    void write(double seconds, double waitShare) throws IOException {
        if (unrecorded.isEmpty()) return;
        StepReport last = unrecorded.get(unrecorded.size() - 1);
        int images = unrecorded.stream().mapToInt(StepReport::images).sum();
        Statistics line = new Statistics(
                last.step(),
                seconds,
                mean(StepReport::loss),
                mean(StepReport::gradientNorm),
                last.learningRate(),
                images / Math.max(1e-9, seconds - recorded),
                waitShare,
                memoryMb(),
                placement.device().toString(),
                Kebab.of(placement.precision()),
                last.duel() == null ? null : game());
        line.append(run.statisticsFile());
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put(line.game() == null ? "train/loss" : "game/discriminator loss", line.loss());
        scalars.put(
                line.game() == null ? "train/gradient norm" : "game/discriminator gradient norm", line.gradientNorm());
        scalars.put("train/learning rate", line.learningRate());
        scalars.put("speed/images per second", line.imagesPerSecond());
        scalars.put("speed/wait share", line.waitShare());
        scalars.put("speed/memory MB", (double) line.memoryMb());
        if (line.game() != null) {
            scalars.put("game/accuracy", line.game().accuracy());
            scalars.put("game/diversity", line.game().diversity());
            if (Double.isFinite(line.game().generatorLoss()))
                scalars.put("game/generator loss", line.game().generatorLoss());
        }
        events().scalars(line.step(), scalars);
        unrecorded.clear();
        recorded = seconds;
    }

    /** Writes an incident, and returns whether it is the first of its kind; others are left out. Each straggler is one. */
    boolean write(Incident incident) throws IOException {
        if (!incident.kind().equals(Incident.Kind.STRAGGLER) && knows(incident.kind())) return false;
        incident.append(run.incidentsFile());
        return true;
    }

    /** Whether a collapse was noticed: from then on the FID may fall while all images become alike. */
    boolean collapsed() throws IOException {
        return knows(Incident.Kind.COLLAPSE);
    }

    private boolean knows(Incident.Kind kind) throws IOException {
        return Incident.read(run.incidentsFile()).stream()
                .anyMatch(known -> known.kind().equals(kind));
    }

    /** Writes what a checkpoint is worth. */
    void write(Milestone milestone) throws IOException {
        milestone.append(run.milestonesFile());
        Map<String, Double> scalars = new LinkedHashMap<>();
        if (!worth.scored()) scalars.put("validation/" + tag(worth), milestone.validation());
        if (milestone.has("fid"))
            scalars.put("validation/FID", milestone.score().number("fid"));
        if (milestone.has("kid"))
            scalars.put("validation/KID", milestone.score().number("kid"));
        events().scalars(milestone.step(), scalars);
    }

    /** Writes the picture drawn at a checkpoint, where there is one. */
    void write(long step, Path picture) throws IOException {
        if (Files.exists(picture)) events().image(step, "samples", Files.readAllBytes(picture));
    }

    private static String tag(Story.Worth worth) {
        return worth.title().replaceFirst("^validation ", "");
    }

    private EventFile events() throws IOException {
        if (events == null) events = EventFile.create(run.tensorBoard(), firstStep);
        return events;
    }

    private double mean(ToDoubleFunction<StepReport> value) {
        return unrecorded.stream().mapToDouble(value).average().orElseThrow();
    }

    private Statistics.Game game() {
        return new Statistics.Game(
                known(Duel::generatorLoss), known(Duel::generatorNorm), known(Duel::accuracy), known(Duel::diversity));
    }

    /** The mean over the steps that have a value. */
    private double known(ToDoubleFunction<Duel> value) {
        return unrecorded.stream()
                .mapToDouble(report -> value.applyAsDouble(report.duel()))
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    static long memoryMb() {
        return Pointer.physicalBytes() >> 20;
    }

    @Override
    public void close() throws IOException {
        if (events != null) events.close();
    }
}
