package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares two sides, runs or folders of pictures: {@code left}, {@code right}, {@code measures}, {@code images}.
 *
 * @param home of the studio
 */
record JudgeType(ModelCatalog catalog, AllowedFolders allowed, Path home, Launcher launcher) implements JobType {
    private static final List<String> FIELDS = List.of("left", "right", "measures", "images");
    private static final int FEWEST = 50, MOST = 50_000;

    @Override
    public String name() {
        return "judge";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(FIELDS);
        String left = fields.requireText("left");
        Optional<String> right = fields.text("right").filter(text -> !text.isBlank());
        List<String> arguments = new ArrayList<>(List.of("evaluate", side(left)));
        if (right.isPresent()) arguments.addAll(List.of("--against", side(right.get())));
        fields.whole("images", FEWEST, MOST).ifPresent(count -> arguments.addAll(List.of("-n", count.toString())));
        Optional<String> measures = fields.text("measures");
        measures.ifPresent(names -> Check.that(
                names.matches("[a-z-]{1,40}(,[a-z-]{1,40}){0,20}"),
                "measures must be names with commas between",
                names));
        measures.ifPresent(names -> arguments.addAll(List.of("--metrics", names)));
        arguments.add("--json");
        boolean pictures = !left.endsWith(".npz") && !right.orElse("").endsWith(".npz"); // statistics have none
        return new JudgeWork(left, right, arguments, pictures ? Optional.of(home) : Optional.empty(), launcher);
    }

    /** A model by its name, pictures that are drawn, or a folder that may be read. */
    private String side(String name) {
        if (name.matches("(rooms|leaves)(:[a-z]+)?")) return name;
        return catalog.models().stream()
                .filter(model -> model.id().equals(name))
                .map(model -> model.path().toString())
                .findFirst()
                .orElseGet(() -> allowed.require(name).toString());
    }
}
