package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.calotype.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of docs/recipes.md tell every key of every kind, with the defaults that recipes have. */
class RecipeTablesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern PLAIN = Pattern.compile("`[^`]*`|-?[0-9.]+(?:[eE]-?[0-9]+)?|empty");
    private static final Map<String, String> FILES =
            Map.of("judge", "rooms/judge-defaults.yaml", "pipeline", "diffusion/pipeline/pipeline-defaults.yaml");

    /** A row: the keys that it tells, and the defaults that stand beside them where these are values. */
    private record Row(String kind, List<String> keys, List<String> defaults) {}

    @Test
    void everyRowTellsADefaultAndEveryDefaultHasARow() throws IOException {
        List<Row> rows = rows();
        List<String> faults = new ArrayList<>();
        Set<String> kinds = new TreeSet<>();
        Set<String> shared = new TreeSet<>();
        for (Row row : rows) {
            kinds.add(row.kind);
            if (row.kind.equals("diffusion")) shared.addAll(row.keys);
        }
        for (String kind : kinds) {
            List<JsonNode> defaults = defaults(kind);
            Set<String> told = new TreeSet<>(shared);
            for (Row row : rows) {
                if (!row.kind.equals(kind)) continue;
                for (int i = 0; i < row.keys.size(); i++) {
                    String key = row.keys.get(i);
                    told.add(key);
                    List<JsonNode> found = defaults.stream()
                            .map(all -> all.at("/" + key.replace('.', '/')))
                            .filter(value -> !value.isMissingNode())
                            .toList();
                    String said = row.defaults.isEmpty() ? null : row.defaults.get(i);
                    if (found.isEmpty()) faults.add(kind + ": there is no key " + key);
                    else if (said != null && found.stream().noneMatch(value -> same(value, said)))
                        faults.add(kind + ": " + key + " is told as " + said + " and is " + found);
                }
            }
            for (JsonNode all : defaults)
                leaves("", all).stream()
                        .filter(leaf -> told.stream().noneMatch(key -> leaf.equals(key) || leaf.startsWith(key + ".")))
                        .forEach(leaf -> faults.add(kind + ": " + leaf + " is not told"));
        }
        assertThat(kinds).hasSize(9);
        assertThat(faults).isEmpty();
    }

    private static boolean same(JsonNode value, String said) {
        try {
            JsonNode told = said.isEmpty() || said.equals("empty") ? TextNode.valueOf("") : YAML.readTree(said);
            if (value.isNumber() && told.isNumber()) return value.asDouble() == told.asDouble();
            return value.equals(told) || value.isTextual() && value.asText().equals(told.asText());
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> leaves(String path, JsonNode node) {
        if (!node.isObject()) return List.of(path);
        List<String> leaves = new ArrayList<>();
        node.properties()
                .forEach(field -> leaves.addAll(
                        leaves(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue())));
        return leaves;
    }

    /** The defaults of a kind, one for each shape of its networks. */
    private static List<JsonNode> defaults(String kind) throws IOException {
        Path folder = Checkout.root().resolve("core/src/main/resources/dev/calotype/kind");
        if (FILES.containsKey(kind))
            return List.of(YAML.readTree(folder.resolve(FILES.get(kind)).toFile()));
        List<JsonNode> all = new ArrayList<>();
        try (var files = Files.list(folder.resolve(kind))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) all.add(YAML.readTree(file.toFile()));
        }
        return all;
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String kind = null, section = "", prefix = null;
        for (String line : Files.readAllLines(Checkout.root().resolve("docs/recipes.md"))) {
            if (line.startsWith("## ")) {
                kind = line.startsWith("## Keys of kind: ") ? line.substring("## Keys of kind: ".length()) : null;
                section = "";
            } else if (line.startsWith("### ")) section = line.substring("### ".length()) + ".";
            if (!line.startsWith("|")) prefix = null;
            if (kind == null || !line.startsWith("| ")) continue;
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            String first = cells[1].strip(), second = cells[2].strip();
            if (first.startsWith("key")) {
                List<String> of = codes(first);
                boolean within = kind.equals("diffusion") && !section.equals("Top.");
                prefix = !of.isEmpty() ? of.get(0) + "." : within ? section : "";
            } else if (prefix != null) rows.add(row(kind, prefix, codes(first), second));
        }
        return rows;
    }

    private static Row row(String kind, String prefix, List<String> codes, String second) {
        List<String> keys = new ArrayList<>();
        String parent = codes.get(0).contains(".") ? codes.get(0).replaceFirst("[^.]*$", "") : "";
        for (String code : codes) keys.add(prefix + (code.contains(".") ? "" : keys.isEmpty() ? "" : parent) + code);
        List<String> said =
                PLAIN.matcher(second).results().map(MatchResult::group).toList();
        boolean values = !said.isEmpty()
                && PLAIN.matcher(second).replaceAll("").replace(", ", "").isEmpty();
        if (!values || said.size() != keys.size() && said.size() != 1) return new Row(kind, keys, List.of());
        return new Row(
                kind,
                keys,
                keys.stream()
                        .map(key -> said.get(said.size() == 1 ? 0 : keys.indexOf(key))
                                .replace("`", ""))
                        .toList());
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(code -> code.group(1)).toList();
    }
}
