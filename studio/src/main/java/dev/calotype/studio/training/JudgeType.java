package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.ModelEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares two sides, runs or folders of pictures: {@code left}, {@code right}, {@code measures}, {@code images}.
 *
 * @param home of the studio
 */
record JudgeType(ModelCatalog catalog, AllowedFolders allowed, Path home, Launcher launcher) implements JobType {
    private static final List<String> FIELDS = List.of("left", "right", "measures", "images");
    private static final int FEWEST = EvaluationProtocol.MINIMUM, MOST = 50_000;

    @Override
    public String name() {
        return "judge";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(FIELDS);
        String left = fields.requireText("left");
        Optional<String> right = fields.text("right").filter(text -> !text.isBlank());
        List<ModelEntry> models = catalog.models();
        Optional<ModelEntry> first = model(models, left), second = right.flatMap(name -> model(models, name));
        List<String> arguments = new ArrayList<>(List.of("evaluate", side(left, first)));
        if (right.isPresent()) arguments.addAll(List.of("--against", side(right.get(), second)));
        fields.whole("images", FEWEST, MOST).ifPresent(count -> arguments.addAll(List.of("-n", count.toString())));
        Optional<String> measures = fields.text("measures");
        measures.ifPresent(names -> Check.that(
                names.matches("[a-z-]{1,40}(,[a-z-]{1,40}){0,20}"),
                "measures must be names with commas between",
                names));
        measures.ifPresent(names -> arguments.addAll(List.of("--metrics", names)));
        arguments.add("--json");
        boolean pictures = first.map(JudgeType::draws).orElse(isPictures(left))
                && right.map(name -> second.isEmpty() && isPictures(name)).orElse(true); // not to be drawn again
        Optional<Path> scratch = pictures ? Optional.of(home.resolve("temporary")) : Optional.empty();
        return new JudgeWork(left, right, arguments, scratch, launcher);
    }

    /** Whether what it is judged against by its recipe are pictures, and it draws. */
    private static boolean draws(ModelEntry model) {
        if (model.form() != ModelEntry.Form.RUN || !model.can().contains("draw")) return false;
        return Files.notExists(model.path().resolve("experiment.yaml"))
                || !(new RunDirectory(model.path()).experiment() instanceof GenerativeExperiment learned)
                || isPictures(learned.reference());
    }

    /** Statistics have none. */
    private static boolean isPictures(String side) {
        return !side.toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    private static Optional<ModelEntry> model(List<ModelEntry> models, String name) {
        return models.stream().filter(model -> model.id().equals(name)).findFirst();
    }

    /** A model by its name, pictures that are drawn, or a folder that may be read. */
    private String side(String name, Optional<ModelEntry> known) {
        if (name.matches("(rooms|leaves)(:[a-z]+)?")) return name;
        return known.map(model -> model.path().toString())
                .orElseGet(() -> allowed.require(name).toString());
    }
}
