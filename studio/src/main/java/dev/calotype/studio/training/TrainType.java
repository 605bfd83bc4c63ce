package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains a recipe: {@code recipe}, {@code set}, {@code data}, {@code name}.
 *
 * @param launcher how a process is begun that trains
 * @param runs where its run is made
 */
record TrainType(RecipeShelf recipes, Launcher launcher, Path runs) implements JobType {
    private static final List<String> FIELDS = List.of("recipe", "set", "data", "name");

    @Override
    public String name() {
        return "train";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(FIELDS);
        return new TrainWork(recipes.order(fields.requireText("recipe"), fields), launcher, runs);
    }
}
