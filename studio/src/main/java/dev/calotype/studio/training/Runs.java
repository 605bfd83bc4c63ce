package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Milestone;
import dev.calotype.io.NumberedName;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What runs have recorded, while they learn and after.
 *
 * @param folder whose children they are
 */
record Runs(Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NumberedName SAMPLE = new NumberedName("step-", 8, 12, ".png");

    /** A picture of what the model drew after so many steps. */
    record Sample(long step, Path file) {}

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
        Path file = run(name).statisticsFile();
        List<Statistics> lines = Files.exists(file) ? Statistics.read(file) : List.of();
        return list(
                "statistics", lines.stream().filter(line -> line.step() > after).toList());
    }

    ObjectNode milestones(String name) throws IOException {
        Path file = run(name).milestonesFile();
        return list("milestones", Files.exists(file) ? Milestone.read(file) : List.of());
    }

    ObjectNode incidents(String name) throws IOException {
        Path file = run(name).incidentsFile();
        return list("incidents", Files.exists(file) ? Incident.read(file) : List.of());
    }

    ObjectNode samples(String name) throws IOException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("samples");
        boolean told = Files.isRegularFile(run(name).reportFile());
        answer.put("report", told ? "/api/runs/" + name + "/report" : null);
        for (Sample sample : samples(run(name)))
            list.addObject().put("step", sample.step()).put("url", "/api/runs/" + name + "/samples/" + sample.step());
        return answer;
    }

    private static ObjectNode list(String key, List<?> values) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray(key);
        for (Object value : values) list.add(JSON.<JsonNode>valueToTree(value));
        return answer;
    }

    /** The samples of a run, the first first. */
    static List<Sample> samples(RunDirectory run) throws IOException {
        if (!Files.isDirectory(run.samples())) return List.of();
        List<Sample> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(run.samples())) {
            for (Path file : files.toList()) {
                OptionalLong step = SAMPLE.number(file.getFileName().toString());
                if (step.isPresent()) found.add(new Sample(step.getAsLong(), file));
            }
        }
        found.sort(Comparator.comparingLong(Sample::step));
        return found;
    }

    /** The file of a sample. */
    Path sample(String name, long step) throws IOException {
        return samples(run(name)).stream()
                .filter(sample -> sample.step() == step)
                .findFirst()
                .orElseThrow(() -> Refusal.missing("sample of step " + step))
                .file();
    }

    /** The report of a run. */
    Path report(String name) {
        Path report = run(name).reportFile();
        if (!Files.isRegularFile(report)) throw Refusal.missing("report of the run " + name + " yet");
        return report;
    }
}
