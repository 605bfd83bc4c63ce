package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.CsvText;
import dev.calotype.judge.Judgement;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Judgements as sentences, results and files. */
final class Judgements {
    private Judgements() {}

    /** The numbers of a judgement as a line of names and one of values. */
    static String csv(Judgement judgement) {
        List<String> names = new ArrayList<>(), values = new ArrayList<>();
        flatten("", new ObjectMapper().valueToTree(judgement), names, values);
        return CsvText.of(List.of(names, values));
    }

    private static void flatten(String prefix, JsonNode node, List<String> names, List<String> values) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = prefix + field.getKey();
            if (field.getValue().isObject()) flatten(name + ".", field.getValue(), names, values);
            else if (field.getValue().isValueNode()) {
                names.add(name);
                values.add(field.getValue().asText());
            }
        }
    }

    /** Keeps a judgement in its run and brings the report up to date. */
    static void write(RunDirectory run, Judgement judgement) throws IOException {
        run.write(run.evaluationFile(), judgement);
        Report.write(run);
    }

    /** A judgement whose text is its sentence. */
    record Printed(@JsonValue Judgement judgement) {
        @Override
        public String toString() {
            return judgement.sentence();
        }
    }
}
