package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.drawing.InterpolationStudy;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Story;
import dev.calotype.io.NumberedName;
import dev.calotype.judge.Judgement;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What there is to say of one run. */
final class RunReport {
    private static final int SHOWN_CHECKPOINTS = 8;
    private static final NumberedName GRID = new NumberedName("step-", 1, 18, ".png");
    private final RunDirectory run;
    private final Experiment experiment;
    private final Story story;
    private final List<Statistics> statistics;
    private final List<Milestone> milestones;
    private final List<Incident> incidents;
    private final Optional<Judgement> judgement;

    private RunReport(RunDirectory run) throws IOException {
        this.run = run;
        experiment = run.experiment();
        story = Kinds.of(experiment).story();
        statistics = Statistics.read(run.statisticsFile());
        milestones = Milestone.read(run.milestonesFile());
        incidents = Incident.read(run.incidentsFile());
        judgement = run.judgement();
    }

    static Document of(RunDirectory run) throws IOException {
        return new RunReport(run).document();
    }

    private Document document() throws IOException {
        Document page = new Document(run.root().toAbsolutePath().getFileName().toString());
        summary().forEach(page::paragraph);
        if (!statistics.isEmpty()) page.facts(facts());
        samples(page);
        if (judgement.isPresent()) judged(page, judgement.get());
        between(page);
        curves(page);
        game(page);
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
                time(last.seconds()),
                last.step(),
                last.step() * experiment.training().batch(),
                losses()));
        judgement.ifPresent(j -> text.add(verdict(j)));
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
                j.images(), 100 * j.precision(), 100 * j.recall(), Summary.number(j.fid()), j.network());
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
        rows.put("Training time", time(last.seconds()));
        rows.put("Images per second", format("%.1f", last.step() * batch / last.seconds()));
        if (last.game() == null) rows.put("Loss at the end", format("%.4f", last.loss()));
        else {
            rows.put("Loss of the discriminator at the end", format("%.4f", last.loss()));
            rows.put(
                    "Loss of the generator at the end",
                    format("%.4f", last.game().generatorLoss()));
        }
        validated().reduce((before, after) -> after).ifPresent(m -> rows.put(worth(), format("%.4f", m.validation())));
        rows.put("Waiting for data", format("%.1f %% of the time", 100 * last.waitShare()));
        rows.put(
                "Memory",
                statistics.stream().mapToLong(Statistics::memoryMb).max().orElse(0) + " MB at most");
        return rows;
    }

    /** The milestones, where what they are worth is not among the scores. */
    private Stream<Milestone> validated() {
        return story.worth().scored() ? Stream.empty() : milestones.stream();
    }

    /** What a checkpoint is worth, at the beginning of a sentence. */
    private String worth() {
        String title = story.worth().title();
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    static String time(double seconds) {
        if (seconds < 120) return format("%.0f seconds", seconds);
        return seconds < 7200 ? format("%.1f minutes", seconds / 60) : format("%.1f hours", seconds / 3600);
    }

    private void samples(Document page) throws IOException {
        List<Path> grids = grids(run);
        Path shown =
                Files.exists(run.gridFile()) ? run.gridFile() : grids.isEmpty() ? null : grids.get(grids.size() - 1);
        if (shown == null) return;
        page.section("Samples");
        pictures(page, List.of(new Block.Picture(shown, "Drawn with the averaged weights, not selected")));
    }

    private static void pictures(Document page, List<Block.Picture> pictures) {
        page.add(new Block.Pictures(pictures, Block.Size.LARGE));
    }

    private static void judged(Document page, Judgement j) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Compared with", j.against() + ", " + j.realImages() + " images");
        rows.put("Generated", j.images() + " images: " + j.generated());
        rows.put("Feature network", j.network() + " " + j.hash() + " (numbers of other networks do not compare)");
        rows.put("FID", format("%.3f (lower is better)", j.fid()));
        rows.put("KID", format("%.4f, 95 %% interval %.4f to %.4f", j.kid(), j.kidLow(), j.kidHigh()));
        rows.put("Precision / recall", format("%.3f / %.3f (1 is best)", j.precision(), j.recall()));
        rows.put("Density / coverage", format("%.3f / %.3f", j.density(), j.neighbourCoverage()));
        if (j.coverage() != null)
            rows.put(
                    "Values shown",
                    format(
                            "%.1f %%; at least half as often as they should: %.1f %%",
                            100 * j.coverage(), 100 * j.evenCoverage()));
        page.section("Judgement").facts(rows).notes(j.caveats());
        if (!j.shares().isEmpty()) page.add(new Block.Shares(j.shares()));
    }

    private void between(Document page) throws IOException {
        Optional<InterpolationStudy> study = InterpolationStudy.of(run);
        if (!Files.exists(run.interpolationFile()) && study.isEmpty()) return;
        page.section("Between two samples");
        if (Files.exists(run.interpolationFile()))
            pictures(
                    page,
                    List.of(new Block.Picture(
                            run.interpolationFile(), "Two samples and what lies between their noises")));
        if (study.isPresent()) studied(page, study.get());
    }

    private void studied(Document page, InterpolationStudy study) {
        if (Files.exists(run.studyPicture()))
            pictures(
                    page,
                    List.of(new Block.Picture(
                            run.studyPicture(),
                            "From above: noises on the straight line, their images; images of the arc, its noises")));
        study.explanation().forEach(page::paragraph);
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (InterpolationStudy.Walk walk : study.walks())
            for (InterpolationStudy.Frame frame : walk.frames())
                rows.add(Stream.of(
                                Kebab.of(walk.mode()),
                                format("%.2f", frame.position()),
                                format("%.2f", frame.norm()),
                                format("%.2f", frame.contrast()),
                                format("%.3f", frame.step()))
                        .map(Block.Cell::of)
                        .toList());
        List<LineChart> charts = List.of(
                walks(study, "Norm of the latent", InterpolationStudy.Frame::norm),
                walks(study, "Difference of neighbouring pixels", InterpolationStudy.Frame::contrast));
        page.charts(charts)
                .add(new Block.Table(List.of("way", "position", "norm", "contrast", "step in features"), 1, rows));
    }

    private static LineChart walks(
            InterpolationStudy study, String title, ToDoubleFunction<InterpolationStudy.Frame> value) {
        List<LineChart.Series> series = study.walks().stream()
                .map(walk -> LineChart.Series.of(
                        Kebab.of(walk.mode()), walk.frames(), InterpolationStudy.Frame::position, value))
                .toList();
        return new LineChart(title, "position", LineChart.XScale.LINEAR, series);
    }

    private void curves(Document page) {
        if (statistics.isEmpty()) return;
        List<Milestone> scored =
                milestones.stream().filter(m -> m.score() != null).toList();
        page.section("Training")
                .charts(marked(
                        new LineChart(
                                last().game() == null ? "Loss" : "Losses of the game",
                                "step",
                                LineChart.XScale.LINEAR,
                                RecipeCurves.losses(statistics, Statistics::step)),
                        LineChart.of(
                                worth() + " of the averaged weights",
                                "step",
                                LineChart.Series.of("", validated().toList(), Milestone::step, Milestone::validation)),
                        LineChart.of(
                                scored.isEmpty()
                                        ? "FID"
                                        : "FID over time ("
                                                + scored.get(0).score().images() + " images)",
                                "step",
                                LineChart.Series.of("", scored, Milestone::step, m -> m.score()
                                        .fid())),
                        curve("Images per second", Statistics::imagesPerSecond),
                        curve(
                                last().game() == null
                                        ? "Gradient norm before clipping"
                                        : "Gradient norm of the discriminator",
                                Statistics::gradientNorm),
                        curve("Learning rate", Statistics::learningRate)));
    }

    /** Charts with a line wherever something went wrong. */
    private List<LineChart> marked(LineChart... charts) {
        List<Double> moments =
                incidents.stream().map(incident -> (double) incident.step()).toList();
        return Stream.of(charts).map(chart -> chart.marking(moments)).toList();
    }

    /** How the two networks of a gan stood. */
    private void game(Document page) {
        List<Statistics> played =
                statistics.stream().filter(s -> s.game() != null).toList();
        if (played.isEmpty()) return;
        page.section("The game")
                .charts(marked(
                        played(
                                played,
                                "Share of images that the discriminator judges rightly",
                                Statistics.Game::accuracy),
                        played(played, "Coarse diversity, real images 1", Statistics.Game::diversity),
                        similarity(),
                        distance(),
                        played(played, "Gradient norm of the generator", Statistics.Game::generatorNorm)));
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
                                i.step(), time(i.seconds()), Kebab.of(i.kind()), i.message()))
                        .toList());
    }

    /** How different the images drawn at checkpoints were from each other. */
    private LineChart similarity() {
        List<Milestone> judged =
                varied().filter(m -> m.score().diversity().msSsim() != null).toList();
        return LineChart.of(
                "Likeness of two drawn images (MS-SSIM)",
                "step",
                LineChart.Series.of(
                        "", judged, Milestone::step, m -> m.score().diversity().msSsim()));
    }

    private LineChart distance() {
        List<Milestone> judged = varied().toList();
        return new LineChart(
                "Distance of two images in features",
                "step",
                LineChart.XScale.LINEAR,
                List.of(
                        LineChart.Series.of("drawn", judged, Milestone::step, m -> m.score()
                                .diversity()
                                .featureDistance()),
                        LineChart.Series.of("real", judged, Milestone::step, m -> m.score()
                                .diversity()
                                .realFeatureDistance())));
    }

    private Stream<Milestone> varied() {
        return milestones.stream().filter(m -> m.score() != null && m.score().diversity() != null);
    }

    private static LineChart played(List<Statistics> played, String title, ToDoubleFunction<Statistics.Game> value) {
        return LineChart.of(
                title, "step", LineChart.Series.of("", played, Statistics::step, s -> value.applyAsDouble(s.game())));
    }

    private LineChart curve(String title, ToDoubleFunction<Statistics> value) {
        return LineChart.of(title, "step", LineChart.Series.of("", statistics, Statistics::step, value));
    }

    private void checkpoints(Document page) throws IOException {
        List<Block.Picture> pictures = checkpoints(run);
        if (!pictures.isEmpty()) page.section("On the way").add(new Block.Pictures(pictures, Block.Size.SMALL));
    }

    /** The grids drawn at checkpoints, the first and the last among them; none of a single one. */
    static List<Block.Picture> checkpoints(RunDirectory run) throws IOException {
        List<Path> grids = grids(run);
        if (grids.size() < 2) return List.of();
        Map<Long, Double> seconds = new HashMap<>();
        for (Milestone milestone : Milestone.read(run.milestonesFile()))
            seconds.put(milestone.step(), milestone.seconds());
        int shown = Math.min(SHOWN_CHECKPOINTS, grids.size());
        List<Block.Picture> pictures = new ArrayList<>();
        for (int i = 0; i < shown; i++) {
            Path grid = grids.get((int) Math.round(i * (grids.size() - 1.0) / (shown - 1)));
            long step = step(grid).orElseThrow();
            Double after = seconds.get(step);
            pictures.add(new Block.Picture(grid, "step " + step + (after == null ? "" : ", " + time(after))));
        }
        return pictures;
    }

    private static List<Path> grids(RunDirectory run) throws IOException {
        if (!Files.isDirectory(run.samples())) return List.of();
        try (Stream<Path> files = Files.list(run.samples())) {
            return files.filter(file -> step(file).isPresent())
                    .sorted(Comparator.comparingLong(file -> step(file).orElseThrow()))
                    .toList();
        }
    }

    private static OptionalLong step(Path grid) {
        return GRID.number(grid.getFileName().toString());
    }
}
