package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Story;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Naming;
import dev.calotype.latent.ReconstructionReport;
import dev.calotype.run.LearningStrip;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.settings.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What there is to say of one run. */
final class RunReport {
    private final RunDirectory run;
    private final Experiment experiment;
    private final Story story;
    private final List<Statistics> statistics;
    private final List<Milestone> milestones;
    private final List<Incident> incidents;
    private final Optional<Judgement> judgement;
    private final Optional<Naming> naming;

    private RunReport(RunDirectory run) throws IOException {
        this.run = run;
        experiment = run.experiment();
        story = Kinds.of(experiment).story();
        statistics = Statistics.read(run.statisticsFile());
        milestones = Milestone.read(run.milestonesFile());
        incidents = Incident.read(run.incidentsFile());
        judgement = run.judgement();
        naming = run.naming();
    }

    static Document of(RunDirectory run) throws IOException {
        return new RunReport(run).document();
    }

    private Document document() throws IOException {
        Document page = new Document(run.root().toAbsolutePath().getFileName().toString());
        summary().forEach(page::paragraph);
        if (!statistics.isEmpty()) page.facts(facts());
        samples(page);
        learning(page);
        if (judgement.isPresent()) judged(page, judgement.get());
        if (naming.isPresent()) NamingSection.addTo(page, naming.get());
        reconstructed(page);
        BetweenSamples.addTo(page, run);
        RunCurves curves = new RunCurves(story.worth(), statistics, milestones, incidents);
        curves.addTo(page);
        curves.addGameTo(page);
        incidents(page);
        checkpoints(page);
        page.section("What to watch out for").notes(new Warnings(run, experiment, statistics, milestones).all());
        page.section("Configuration").add(new Block.Code(Files.readString(run.experimentFile())));
        return page;
    }

    private List<String> summary() {
        List<String> text = new ArrayList<>();
        text.add(story.what());
        if (statistics.isEmpty()) {
            text.add("It has not been trained yet.");
            return text;
        }
        Statistics last = last();
        text.add(format(
                "It learned from %s at %d x %d pixels, in %s: %d steps, and %d pictures seen. %s",
                experiment.data().source(),
                experiment.data().size(),
                experiment.data().size(),
                Document.time(last.seconds()),
                last.step(),
                last.step() * experiment.training().batch(),
                losses()));
        judgement.ifPresent(j -> text.add(verdict(j)));
        naming.ifPresent(n -> text.add(format(
                "Of %d pictures of %s it names %.2f %% rightly.",
                n.classification().images(), n.data(), 100 * n.classification().top1())));
        return text;
    }

    private String losses() {
        Statistics first = statistics.get(0), last = last();
        if (last.game() == null)
            return format(
                    "Its loss, the mean error of its guesses, went from %s to %s.",
                    Summary.number(first.loss()), Summary.number(last.loss()));
        return format(
                "The loss of the discriminator went from %s to %s, that of the generator from %s to %s.",
                Summary.number(first.loss()),
                Summary.number(last.loss()),
                Summary.number(first.game().generatorLoss()),
                Summary.number(last.game().generatorLoss()));
    }

    private static String verdict(Judgement j) {
        return format(
                "Of %d pictures it draws, %.0f %% look like real ones to the feature network (precision), and they cover"
                        + " %.0f %% of what real ones look like (recall). Their FID, a distance between all drawn and all real"
                        + " pictures that is 0 at best, is %s; it means something only next to another FID of %s.",
                j.images(),
                100 * j.score("precision"),
                100 * j.score("recall"),
                Summary.number(j.score("fid")),
                j.network());
    }

    private Statistics last() {
        return statistics.get(statistics.size() - 1);
    }

    private Map<String, String> facts() {
        Statistics last = last();
        int batch = experiment.training().batch();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Data", experiment.data().source() + ", " + experiment.data().size() + " px");
        rows.put("Steps", format("%d of batch %d", last.step(), batch));
        rows.put("Training time", Document.time(last.seconds()));
        rows.put("Images per second", format("%.1f", last.step() * batch / last.seconds()));
        if (last.game() == null) rows.put("Loss at the end", format("%.4f", last.loss()));
        else {
            rows.put("Loss of the discriminator at the end", format("%.4f", last.loss()));
            rows.put(
                    "Loss of the generator at the end",
                    format("%.4f", last.game().generatorLoss()));
        }
        story.worth().apart(milestones).stream()
                .reduce((before, after) -> after)
                .ifPresent(m -> rows.put(story.worth().heading(), format("%.4f", m.validation())));
        rows.put("Waiting for data", format("%.1f %% of the time", 100 * last.waitShare()));
        rows.put(
                "Memory",
                statistics.stream().mapToLong(Statistics::memoryMb).max().orElse(0) + " MB at most");
        return rows;
    }

    private void samples(Document page) throws IOException {
        List<Path> grids = RunGrids.all(run);
        Path shown =
                Files.exists(run.gridFile()) ? run.gridFile() : grids.isEmpty() ? null : grids.get(grids.size() - 1);
        if (shown == null) return;
        page.section("Samples");
        page.add(new Block.Pictures(
                List.of(new Block.Picture(shown, "Drawn with the averaged weights, not selected")), Block.Size.LARGE));
    }

    /** What the same starting points became as the run learned. */
    private void learning(Document page) throws IOException {
        if (!Files.exists(run.learningFile())) return;
        List<String> moments = new ArrayList<>();
        for (long step : LearningStrip.steps(run)) moments.add(moment(step));
        page.section("How it learned");
        page.add(new Block.Pictures(
                List.of(new Block.Picture(
                        run.learningFile(),
                        "Each row begins with the same noise; from left to right after " + String.join(", ", moments))),
                Block.Size.LARGE));
    }

    /** The time at which a step was made, or its number where that was not recorded. */
    private String moment(long step) {
        return statistics.stream()
                .filter(recorded -> recorded.step() >= step)
                .findFirst()
                .map(recorded -> Document.time(recorded.seconds()))
                .orElse("step " + step);
    }

    private static void judged(Document page, Judgement j) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Compared with", j.against() + ", " + j.realImages() + " images");
        rows.put("Generated", j.images() + " images: " + j.generated());
        rows.put("Feature network", j.network() + " " + j.hash() + " (numbers of other networks do not compare)");
        for (Measure measure : Measure.values()) rows.putAll(measure.facts(j.scores()));
        page.section("Judgement").facts(rows).notes(j.caveats());
        if (!j.shares().isEmpty()) page.add(new Block.Shares(j.shares()));
    }

    private void reconstructed(Document page) throws IOException {
        Optional<ReconstructionReport> found = run.read(run.reconstructionFile(), ReconstructionReport.class);
        if (found.isEmpty()) return;
        ReconstructionReport r = found.get();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Went through", format("%d pictures of %s, %d px", r.images(), r.data(), r.size()));
        rows.put("PSNR", format("%.2f dB", r.psnr()));
        rows.put("SSIM", format("%.4f", r.ssim()));
        rows.put("rFID", format("%s (%s %s)", Summary.number(r.fid()), r.network(), r.networkHash()));
        rows.put("Weights", r.autoencoder());
        page.section("There and back").facts(rows);
    }

    private void incidents(Document page) {
        if (incidents.isEmpty()) {
            if (!story.calm().isEmpty() && !statistics.isEmpty()) page.notes(List.of(story.calm()));
            return;
        }
        page.section("What went wrong, and when")
                .paragraph("Upright lines mark these moments in the curves.")
                .notes(incidents.stream()
                        .map(i -> format(
                                "Step %d, after %s, %s: %s.",
                                i.step(), Document.time(i.seconds()), i.kind().toString(), i.message()))
                        .toList());
    }

    private void checkpoints(Document page) throws IOException {
        List<Block.Picture> pictures = RunGrids.atCheckpoints(run);
        if (!pictures.isEmpty()) page.section("On the way").add(new Block.Pictures(pictures, Block.Size.SMALL));
    }
}
