package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Milestone;
import dev.calotype.run.LearningStrip;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What runs have recorded, while they learn and after.
 *
 * @param folder whose children they are
 */
record Runs(Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The run of that name.
     *
     * @throws Refusal if there is none: 404
     */
    RunDirectory run(String name) {
        boolean plain = name.matches("[\\p{L}\\p{N}._ -]{1,200}") && !name.startsWith(".");
        RunDirectory run = plain ? new RunDirectory(folder.resolve(name)) : null;
        if (run == null || !Files.isRegularFile(run.experimentFile())) throw Refusal.missing("run " + name);
        return run;
    }

    /** Lines after a step. */
    ObjectNode statistics(String name, long after) throws IOException {
        List<Statistics> lines = Statistics.read(run(name).statisticsFile());
        return list(
                "statistics", lines.stream().filter(line -> line.step() > after).toList());
    }

    ObjectNode milestones(String name) throws IOException {
        return list("milestones", Milestone.read(run(name).milestonesFile()));
    }

    ObjectNode incidents(String name) throws IOException {
        return list("incidents", Incident.read(run(name).incidentsFile()));
    }

    ObjectNode samples(String name) throws IOException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("samples");
        boolean told = Files.isRegularFile(run(name).reportFile());
        answer.put("report", told ? "/api/runs/" + name + "/report" : null);
        for (long step : LearningStrip.grids(run(name)).keySet())
            list.addObject().put("step", step).put("url", "/api/runs/" + name + "/samples/" + step);
        return answer;
    }

    private static ObjectNode list(String key, List<?> values) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray(key);
        for (Object value : values) list.add(JSON.<JsonNode>valueToTree(value));
        return answer;
    }

    /** The file of a sample. */
    Path sample(String name, long step) throws IOException {
        Path file = LearningStrip.grids(run(name)).get(step);
        if (file == null) throw Refusal.missing("sample of step " + step);
        return file;
    }

    /** The report of a run. */
    Path report(String name) {
        Path report = run(name).reportFile();
        if (!Files.isRegularFile(report)) throw Refusal.missing("report of the run " + name + " yet");
        return report;
    }
}
