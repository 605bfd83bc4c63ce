package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.PngFile;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Lane;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One judgement in a process of its own, and some pictures beside those that are nearest to them.
 *
 * @param scratch a folder for the latter while they are made; empty where there can be none
 */
record JudgeWork(String left, Optional<String> right, List<String> arguments, Optional<Path> scratch, Launcher launcher)
        implements Work {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PROGRESS = Pattern.compile("^\\s*\\d+%\\s+(\\S.*?) (\\d+)/(\\d+)\\s");
    private static final long LOOK_MILLISECONDS = 300;
    private static final Set<String> NO_MEASURES = Set.of("size", "images", "real_images", "seconds", "conditions");

    @Override
    public String title() {
        return left + " against " + right.orElse("real pictures");
    }

    @Override
    public Optional<String> model() {
        return Optional.empty();
    }

    @Override
    public Lane lane() {
        return Lane.JUDGEMENT;
    }

    @Override
    public Outcome run(JobRun run) throws Exception {
        Path sheet = scratch.isPresent() ? Files.createTempFile(scratch.get(), "neighbours", ".png") : null;
        try {
            return judge(run, sheet);
        } finally {
            if (sheet != null) Files.deleteIfExists(sheet);
        }
    }

    private Outcome judge(JobRun run, Path sheet) throws Exception {
        List<String> whole = new ArrayList<>(arguments);
        if (sheet != null) whole.addAll(List.of("--neighbours", sheet.toString()));
        try (ChildProcess child = new ChildProcess(launcher.process(whole), line -> said(run, line))) {
            while (!child.endsWithin(LOOK_MILLISECONDS)) run.check();
            child.requireSuccess();
            JsonNode found = JSON.readTree(child.result());
            ObjectNode answer = JsonNodeFactory.instance.objectNode().put("left", left);
            right.ifPresent(name -> answer.put("right", name));
            ObjectNode measures = answer.putObject("measures");
            measures("", found, measures);
            JsonNode caveats = found.path("caveats");
            if (!caveats.isEmpty()) answer.put("sentence", caveats.get(0).asText());
            answer.set("judgement", found);
            if (sheet != null)
                answer.set("neighbours", JSON.readTree(PngFile.text(sheet).get("neighbours")));
            run.result(JSON.writeValueAsBytes(answer), "json", JsonNodeFactory.instance.objectNode());
            if (sheet != null) run.result(Files.readAllBytes(sheet), "png", JsonNodeFactory.instance.objectNode());
            return Outcome.DONE;
        }
    }

    /** Progress of the process: {@code 40%  drawing 20/50  3 s left}. */
    private static void said(JobRun run, String line) {
        Matcher progress = PROGRESS.matcher(line);
        if (progress.find())
            run.progress(Long.parseLong(progress.group(2)), Long.parseLong(progress.group(3)), progress.group(1));
        else run.log(line);
    }

    private static void measures(String prefix, JsonNode node, ObjectNode into) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (NO_MEASURES.contains(field.getKey())) continue;
            String name = prefix + field.getKey();
            if (field.getValue().isObject()) measures(name + ".", field.getValue(), into);
            else if (field.getValue().isNumber()) into.set(name, field.getValue());
        }
    }
}
